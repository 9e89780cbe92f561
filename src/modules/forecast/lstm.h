// An LSTM network with one recurrent layer and a linear output layer on the
// last state, trained by back-propagation through time with Adam.
//
// Shape    a sequence is `steps` columns of `inputs` numbers, one after the
//          other in memory; several outputs share the gates. The loss is the
//          Huber loss of the standardised error, over the known outputs. The
//          initial weights depend on the seed only.
// Threads  not synchronised; Predict() is const and may run concurrently.
// Errors   none; Read() returns false and leaves the network unchanged if the
//          sizes do not match.
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

// The intermediate results of a batch.
template <typename Scalar>
struct LstmPassage;

struct LstmShape {
  size_t inputs = 0;
  size_t hidden = 16;
  size_t outputs = 1;
  size_t steps = 24;
};

// Instantiated for float, in use, and double, to check gradients in tests.
template <typename Scalar>
class Lstm {
 public:
  Lstm(const LstmShape& shape, uint64_t seed);

  const LstmShape& shape() const noexcept { return shape_; }

  // `sequence` has steps × inputs numbers; writes `outputs` numbers.
  void Predict(const Scalar* sequence, Scalar* result) const;

  // The mean loss of a batch, and its gradient in gradient(). `sequences`
  // points to the start of each sequence; `targets` has `outputs` numbers for
  // each, NaN if unknown. `room` is memory that is reused from batch to batch;
  // it may be null for the first.
  Scalar Differentiate(const std::vector<const Scalar*>& sequences,
                       const std::vector<Scalar>& targets,
                       std::shared_ptr<LstmPassage<Scalar>>* room);
  // One step of Adam with gradient(), whose norm is clipped.
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
