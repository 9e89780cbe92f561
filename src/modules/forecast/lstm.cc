#include "lstm.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <random>

#include "state.h"

namespace ntm::forecast {
namespace {

constexpr double kHuber = 1.0;
constexpr double kLongestGradient = 1.0;
constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-8;

using Eigen::Index;
template <typename T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <typename T>
using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

Index ToIndex(size_t size) { return static_cast<Index>(size); }

// The offset of each block of weights in the weight vector.
struct Layout {
  explicit Layout(const LstmShape& shape)
      : inputs(ToIndex(shape.inputs)),
        hidden(ToIndex(shape.hidden)),
        outputs(ToIndex(shape.outputs)),
        recurrent(4 * hidden * inputs),
        bias(recurrent + 4 * hidden * hidden),
        output(bias + 4 * hidden),
        output_bias(output + outputs * hidden),
        size(output_bias + outputs) {}
  Index inputs, hidden, outputs, recurrent, bias, output, output_bias, size;
};

// The blocks as matrices, over constant or mutable memory.
template <typename T, typename M, typename V>
struct Blocks {
  Blocks(const Layout& at, T* data)
      : input(data, 4 * at.hidden, at.inputs),
        recurrent(data + at.recurrent, 4 * at.hidden, at.hidden),
        bias(data + at.bias, 4 * at.hidden),
        output(data + at.output, at.outputs, at.hidden),
        output_bias(data + at.output_bias, at.outputs) {}
  Eigen::Map<M> input, recurrent;
  Eigen::Map<V> bias;
  Eigen::Map<M> output;
  Eigen::Map<V> output_bias;
};
template <typename T>
using ConstBlocks = Blocks<const T, const Matrix<T>, const Vector<T>>;
template <typename T>
using MutableBlocks = Blocks<T, Matrix<T>, Vector<T>>;

// Rows: input, forget and output gate, then the candidate.
template <typename Block>
void Activate(Block gates, Index hidden) {
  auto sigmoids = gates.topRows(3 * hidden);
  using T = typename Block::Scalar;
  sigmoids = (sigmoids.array() * T(0.5)).tanh() * T(0.5) + T(0.5);
  auto candidates = gates.bottomRows(hidden);
  candidates = candidates.array().tanh();
}

}  // namespace

// The results of the forward pass that the backward pass needs; the columns of
// a step are adjacent.
template <typename T>
struct LstmPassage {
  // Does not reallocate if the size is unchanged.
  void Fit(const Layout& at, Index steps, Index count) {
    batch = count;
    inputs.resize(at.inputs, steps * count);
    gates.resize(4 * at.hidden, steps * count);
    cells.resize(at.hidden, (steps + 1) * count);
    states.resize(at.hidden, (steps + 1) * count);
    cell_tanh.resize(at.hidden, steps * count);
    cells.leftCols(count).setZero();
    states.leftCols(count).setZero();
  }
  Index batch = 0;
  Matrix<T> inputs, gates, cells, states, cell_tanh;
};

namespace {

template <typename T>
void Forward(const Layout& at, const ConstBlocks<T>& w, Index steps,
             LstmPassage<T>* pass) {
  const Index batch = pass->batch;
  const Index hidden = at.hidden;
  pass->gates.noalias() = w.input * pass->inputs;
  pass->gates.colwise() += w.bias;
  for (Index s = 0; s < steps; ++s) {
    auto gates = pass->gates.middleCols(s * batch, batch);
    const auto state = pass->states.middleCols(s * batch, batch);
    const auto cell = pass->cells.middleCols(s * batch, batch);
    if (s > 0) gates.noalias() += w.recurrent * state;
    Activate(gates, hidden);
    auto next = pass->cells.middleCols((s + 1) * batch, batch);
    next = gates.middleRows(hidden, hidden).cwiseProduct(cell) +
           gates.topRows(hidden).cwiseProduct(gates.bottomRows(hidden));
    auto squashed = pass->cell_tanh.middleCols(s * batch, batch);
    squashed = next.array().tanh();
    pass->states.middleCols((s + 1) * batch, batch) =
        gates.middleRows(2 * hidden, hidden).cwiseProduct(squashed);
  }
}

// Replaces the gates by the derivatives of the loss with respect to their
// pre-activations.
template <typename T>
void Backward(const Layout& at, const ConstBlocks<T>& w, Index steps,
              Matrix<T> by_state, LstmPassage<T>* pass) {
  const Index batch = pass->batch;
  const Index hidden = at.hidden;
  Matrix<T> by_cell = Matrix<T>::Zero(hidden, batch);
  for (Index s = steps - 1; s >= 0; --s) {
    auto gates = pass->gates.middleCols(s * batch, batch);
    const auto squashed = pass->cell_tanh.middleCols(s * batch, batch).array();
    const auto before = pass->cells.middleCols(s * batch, batch).array();
    auto in = gates.topRows(hidden).array();
    auto forget = gates.middleRows(hidden, hidden).array();
    auto out = gates.middleRows(2 * hidden, hidden).array();
    auto candidate = gates.bottomRows(hidden).array();
    by_cell.array() += by_state.array() * out * (T(1) - squashed * squashed);
    out = by_state.array() * squashed * out * (T(1) - out);
    const Matrix<T> by_in = by_cell.array() * candidate * in * (T(1) - in);
    candidate = by_cell.array() * in * (T(1) - candidate * candidate);
    in = by_in.array();
    const Matrix<T> kept = by_cell.array() * forget;
    forget = by_cell.array() * before * forget * (T(1) - forget);
    by_cell = kept;
    if (s > 0) by_state.noalias() = w.recurrent.transpose() * gates;
  }
}

}  // namespace

template <typename Scalar>
Lstm<Scalar>::Lstm(const LstmShape& shape, uint64_t seed) : shape_(shape) {
  const Layout at(shape);
  const auto size = static_cast<size_t>(at.size);
  weights_.assign(size, Scalar(0));
  gradient_.assign(size, Scalar(0));
  momentum_.assign(size, Scalar(0));
  variance_.assign(size, Scalar(0));
  // The distributions of <random> give different numbers in different standard
  // libraries.
  std::mt19937_64 random(seed);
  const auto uniform = [&random](double limit) {
    constexpr double kScale = 1.0 / 9007199254740992.0;  // 2^-53
    const double unit = static_cast<double>(random() >> 11) * kScale;
    return static_cast<Scalar>((2 * unit - 1) * limit);
  };
  MutableBlocks<Scalar> w(at, weights_.data());
  const auto inputs = static_cast<double>(shape.inputs);
  const auto hidden = static_cast<double>(shape.hidden);
  for (auto& x : w.input.reshaped()) x = uniform(std::sqrt(3 / inputs) / 2);
  for (auto& x : w.recurrent.reshaped()) x = uniform(std::sqrt(3 / hidden) / 2);
  for (auto& x : w.output.reshaped()) x = uniform(std::sqrt(3 / hidden) / 10);
  w.bias.segment(at.hidden, at.hidden).setOnes();  // forget gates start open
}

template <typename Scalar>
void Lstm<Scalar>::Predict(const Scalar* sequence, Scalar* result) const {
  const Layout at(shape_);
  const ConstBlocks<Scalar> w(at, weights_.data());
  const Index steps = ToIndex(shape_.steps);
  Matrix<Scalar> gates =
      w.input * Eigen::Map<const Matrix<Scalar>>(sequence, at.inputs, steps);
  gates.colwise() += w.bias;
  Vector<Scalar> state = Vector<Scalar>::Zero(at.hidden);
  Vector<Scalar> cell = Vector<Scalar>::Zero(at.hidden);
  for (Index s = 0; s < steps; ++s) {
    auto now = gates.col(s);
    now.noalias() += w.recurrent * state;
    Activate(now, at.hidden);
    cell = now.segment(at.hidden, at.hidden).cwiseProduct(cell) +
           now.head(at.hidden).cwiseProduct(now.tail(at.hidden));
    state = now.segment(2 * at.hidden, at.hidden).array() * cell.array().tanh();
  }
  Eigen::Map<Vector<Scalar>>(result, at.outputs) =
      w.output * state + w.output_bias;
}

template <typename Scalar>
Scalar Lstm<Scalar>::Differentiate(const std::vector<const Scalar*>& sequences,
                                   const std::vector<Scalar>& targets,
                                   std::shared_ptr<LstmPassage<Scalar>>* room) {
  const Layout at(shape_);
  const ConstBlocks<Scalar> w(at, weights_.data());
  const Index steps = ToIndex(shape_.steps);
  const Index batch = ToIndex(sequences.size());
  if (*room == nullptr) *room = std::make_shared<LstmPassage<Scalar>>();
  LstmPassage<Scalar>& pass = **room;
  pass.Fit(at, steps, batch);
  for (Index b = 0; b < batch; ++b) {
    const Scalar* sequence = sequences[static_cast<size_t>(b)];
    for (Index s = 0; s < steps; ++s) {
      pass.inputs.col(s * batch + b) =
          Eigen::Map<const Vector<Scalar>>(sequence + s * at.inputs, at.inputs);
    }
  }
  Forward(at, w, steps, &pass);
  const auto last = pass.states.rightCols(batch);
  Matrix<Scalar> error = w.output * last;
  error.colwise() += w.output_bias;
  const auto limit = static_cast<Scalar>(kHuber);
  const auto share = Scalar(1) / static_cast<Scalar>(batch * at.outputs);
  Scalar loss = 0;
  for (Index b = 0; b < batch; ++b) {
    for (Index k = 0; k < at.outputs; ++k) {
      Scalar& e = error(k, b);
      e -= targets[static_cast<size_t>(b * at.outputs + k)];
      if (std::isnan(e)) e = 0;
      const Scalar size = std::abs(e);
      loss += size <= limit ? e * e / 2 : limit * (size - limit / 2);
      e = std::clamp(e, -limit, limit) * share;
    }
  }
  MutableBlocks<Scalar> g(at, gradient_.data());
  g.output.noalias() = error * last.transpose();
  g.output_bias = error.rowwise().sum();
  Backward<Scalar>(at, w, steps, w.output.transpose() * error, &pass);
  g.input.noalias() = pass.gates * pass.inputs.transpose();
  g.recurrent.noalias() =
      pass.gates * pass.states.leftCols(steps * batch).transpose();
  g.bias = pass.gates.rowwise().sum();
  return loss * share;
}

template <typename Scalar>
void Lstm<Scalar>::Step(Scalar learning_rate) {
  const Index size = ToIndex(weights_.size());
  using Array = Eigen::Array<Scalar, Eigen::Dynamic, 1>;
  Eigen::Map<Array> w(weights_.data(), size);
  Eigen::Map<Array> g(gradient_.data(), size);
  Eigen::Map<Array> m(momentum_.data(), size);
  Eigen::Map<Array> v(variance_.data(), size);
  const Scalar length = g.matrix().norm();
  const auto longest = static_cast<Scalar>(kLongestGradient);
  if (!std::isfinite(length)) return;
  if (length > longest) g *= longest / length;
  ++adam_steps_;
  const auto count = static_cast<double>(adam_steps_);
  const auto rate = static_cast<Scalar>(static_cast<double>(learning_rate) *
                                        std::sqrt(1 - std::pow(kBeta2, count)) /
                                        (1 - std::pow(kBeta1, count)));
  m += static_cast<Scalar>(1 - kBeta1) * (g - m);
  v += static_cast<Scalar>(1 - kBeta2) * (g * g - v);
  w -= rate * m / (v.sqrt() + static_cast<Scalar>(kEpsilon));
}

template <typename Scalar>
void Lstm<Scalar>::Write(StateWriter* out) const {
  out->Put(weights_);
  out->Put(momentum_);
  out->Put(variance_);
  out->Put(adam_steps_);
}

template <typename Scalar>
bool Lstm<Scalar>::Read(StateReader* in) {
  std::vector<Scalar> weights;
  std::vector<Scalar> momentum;
  std::vector<Scalar> variance;
  in->Get(&weights);
  in->Get(&momentum);
  in->Get(&variance);
  in->Get(&adam_steps_);
  const size_t size = weights_.size();
  if (!in->ok() || weights.size() != size || momentum.size() != size ||
      variance.size() != size) {
    return false;
  }
  weights_ = std::move(weights);
  momentum_ = std::move(momentum);
  variance_ = std::move(variance);
  return true;
}

template class Lstm<float>;
template class Lstm<double>;

}  // namespace ntm::forecast
