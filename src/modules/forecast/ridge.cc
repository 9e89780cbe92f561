#include "ridge.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "state.h"

namespace ntm::forecast {
namespace {

constexpr int kRobustPasses = 2;
constexpr double kHuberScale = 1.0;  // in medians of the absolute residual
constexpr float kLeastScale = 1e-12F;

using Rows =
    Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

double MedianSize(const Eigen::VectorXf& residuals) {
  std::vector<float> sizes(static_cast<size_t>(residuals.size()));
  for (Eigen::Index i = 0; i < residuals.size(); ++i) {
    sizes[static_cast<size_t>(i)] = std::abs(residuals[i]);
  }
  const auto middle =
      sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::ranges::nth_element(sizes, middle);
  return *middle;
}

}  // namespace

void Ridge::Fit(const std::vector<float>& rows, size_t features,
                const std::vector<float>& answers, double penalty,
                const std::function<void()>& pause) {
  coefficients_.clear();
  intercept_ = 0;
  if (answers.empty()) return;
  const auto count = static_cast<Eigen::Index>(answers.size());
  const auto width = static_cast<Eigen::Index>(features);
  Rows x = Eigen::Map<const Rows>(rows.data(), count, width);
  const Eigen::Map<const Eigen::VectorXf> y(answers.data(), count);
  const Eigen::RowVectorXf mean = x.colwise().mean();
  x.rowwise() -= mean;
  Eigen::RowVectorXf scale =
      (x.colwise().squaredNorm() / static_cast<float>(count)).cwiseSqrt();
  scale = (scale.array() > kLeastScale).select(scale.cwiseInverse(), 0.F);
  x.array().rowwise() *= scale.array();

  Rows design(count, width + 1);
  design << x, Eigen::VectorXf::Ones(count);
  Eigen::VectorXf weight = Eigen::VectorXf::Ones(count);
  Eigen::VectorXd solution;
  for (int pass = 0; pass <= kRobustPasses; ++pass) {
    const Rows weighted = design.array().colwise() * weight.array();
    Eigen::MatrixXd normal = (weighted.transpose() * design).cast<double>();
    const Eigen::VectorXd right = (weighted.transpose() * y).cast<double>();
    const double lambda = penalty * static_cast<double>(weight.sum());
    normal.diagonal().head(width).array() += lambda + 1e-9;
    solution = normal.ldlt().solve(right);
    const Eigen::VectorXf residuals = y - design * solution.cast<float>();
    const auto limit =
        static_cast<float>(std::max(kHuberScale * MedianSize(residuals), 1e-9));
    weight = (limit / residuals.array().abs().max(limit)).matrix();
    if (pause) pause();
  }
  least_ = static_cast<double>(y.minCoeff());
  most_ = static_cast<double>(y.maxCoeff());
  coefficients_.resize(features);
  intercept_ = solution[width];
  for (Eigen::Index i = 0; i < width; ++i) {
    const double coefficient = solution[i] * static_cast<double>(scale[i]);
    coefficients_[static_cast<size_t>(i)] = coefficient;
    intercept_ -= coefficient * static_cast<double>(mean[i]);
  }
}

double Ridge::Predict(const float* row) const {
  double sum = intercept_;
  for (size_t i = 0; i < coefficients_.size(); ++i) {
    sum += coefficients_[i] * static_cast<double>(row[i]);
  }
  return std::clamp(sum, least_, most_);
}

void Ridge::Write(StateWriter* out) const {
  out->Put(intercept_);
  out->Put(least_);
  out->Put(most_);
  out->Put(coefficients_);
}

void Ridge::Read(StateReader* in) {
  in->Get(&intercept_);
  in->Get(&least_);
  in->Get(&most_);
  in->Get(&coefficients_);
}

}  // namespace ntm::forecast
