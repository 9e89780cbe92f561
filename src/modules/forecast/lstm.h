// A long short-term memory: one layer of gates over a sequence, and a linear
// layer on its last state; learns by back-propagation through time and Adam.
//
// Shape    a sequence is `steps` columns of `inputs` numbers, one after the
//          other in memory; several outputs share the gates. The loss is
//          Huber's of the standardised error, over the outputs that are known.
//          The first weights depend on the seed alone.
// Threads  not synchronised; Predict() is const and may run beside itself.
// Errors   none; Read() leaves the network as it was built where the sizes are
//          not its own, and returns false.
// Source   Hochreiter and Schmidhuber, Long Short-Term Memory (1997), with
//          forget gates; Kingma and Ba, Adam (2015).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace ntm::forecast {

class StateReader;
class StateWriter;

// What a batch leaves on its way through the network.
template <typename Scalar>
struct LstmPassage;

struct LstmShape {
  size_t inputs = 0;
  size_t hidden = 16;
  size_t outputs = 1;
  size_t steps = 24;
};

// The only scalars are float, to work with, and double, to check gradients.
template <typename Scalar>
class Lstm {
 public:
  Lstm(const LstmShape& shape, uint64_t seed);

  const LstmShape& shape() const noexcept { return shape_; }

  // `sequence` has steps × inputs numbers; writes `outputs` numbers.
  void Predict(const Scalar* sequence, Scalar* result) const;

  // The mean loss of a batch, and its gradient in gradient(). `sequences` are
  // the beginnings of the sequences; `targets` has outputs numbers for each,
  // NaN where unknown. `room`, which may be null at first, is kept from one
  // batch to the next, so that not each has to be given memory anew.
  Scalar Differentiate(const std::vector<const Scalar*>& sequences,
                       const std::vector<Scalar>& targets,
                       std::shared_ptr<LstmPassage<Scalar>>* room);
  // One step of Adam down gradient(), whose length is limited.
  void Step(Scalar learning_rate);

  std::vector<Scalar>& weights() noexcept { return weights_; }
  const std::vector<Scalar>& gradient() const noexcept { return gradient_; }

  void Write(StateWriter* out) const;
  bool Read(StateReader* in);

 private:
  LstmShape shape_;
  // Gates' input weights, recurrent weights, biases; output weights, biases.
  std::vector<Scalar> weights_;
  std::vector<Scalar> gradient_;
  std::vector<Scalar> momentum_;
  std::vector<Scalar> variance_;
  uint64_t adam_steps_ = 0;
};

extern template class Lstm<float>;
extern template class Lstm<double>;

}  // namespace ntm::forecast
