// Ridge regression: linear regression with a penalty on large coefficients.
//
// Shape    features are standardised first; the intercept has no penalty.
//          Outliers have less weight (Huber), so that the fit is closer to the
//          median than to the mean. Predictions are limited to the range of the
//          answers seen in training.
// Threads  not synchronised; Predict() is const.
// Errors   none: without rows the forecast is 0.
// Source   Hoerl and Kennard, Ridge Regression (1970); Huber, Robust Estimation
//          of a Location Parameter (1964).
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace ntm::forecast {

class StateReader;
class StateWriter;

class Ridge {
 public:
  // `rows` has features numbers for each of `answers`; `penalty` is per row.
  void Fit(const std::vector<float>& rows, size_t features,
           const std::vector<float>& answers, double penalty,
           const std::function<void()>& pause);
  double Predict(const float* row) const;
  bool fitted() const noexcept { return !coefficients_.empty(); }
  size_t features() const noexcept { return coefficients_.size(); }

  void Write(StateWriter* out) const;
  void Read(StateReader* in);

 private:
  double intercept_ = 0;
  double least_ = 0;  // of the answers in training
  double most_ = 0;
  std::vector<double> coefficients_;  // of the unscaled features
};

}  // namespace ntm::forecast
