// The two LSTM members of the pool: one learns the change of log traffic, the
// other the residual of the seasonal ridge for that change.
//
// Shape    both have the same inputs: the last 24 changes, the time of day, and
//          the changes at the same time on the previous days and in the
//          previous week. One network forecasts all horizons; of each kind
//          there are several with different initial weights, which are
//          averaged. The newest day is held out, for early stopping and to
//          compare new weights with the old ones.
// Threads  not synchronised; Predict() is const.
// Errors   none.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "lstm.h"
#include "naive.h"
#include "season.h"
#include "time_series.h"

namespace ntm::forecast {

enum LstmKind : size_t { kOfChange, kOfResidual, kLstmKinds };

struct LstmOptions {
  size_t hidden = 16;
  size_t steps = 24;
  size_t seeds = 4;
  size_t most_epochs = 6;
  size_t patience = 2;  // epochs without improvement before it stops
  size_t most_rows = 8064;
};

class LstmMembers {
 public:
  // The change of log traffic from `slot` that the ridge forecasts for horizon
  // number `horizon`; NaN if it has no forecast.
  using Expectation = std::function<double(int64_t slot, size_t horizon)>;

  LstmMembers() = default;
  LstmMembers(std::vector<size_t> horizons, Target target);

  // Trains from new weights, with early stopping on the held-out day.
  // `uses_residual`: `expected` may be called. `pause` is called regularly.
  void Fit(const TimeSeries& time_series, const Season& season,
           bool uses_residual, const Expectation& expected,
           const std::function<void()>& pause);
  // Trains one pass over the last week. A kind that is worse on the held-out
  // day afterwards gets its old weights back; returns the number of these
  // kinds. REQUIRES: fitted() for this season's shape.
  size_t Update(const TimeSeries& time_series, const Season& season,
                bool uses_residual, const Expectation& expected,
                const std::function<void()>& pause);
  // The error on the held-out day, both kinds together, to compare networks of
  // the same shape.
  double HeldOutError(const TimeSeries& time_series, const Season& season,
                      bool uses_residual, const Expectation& expected,
                      const std::function<void()>& pause) const;
  bool fitted(LstmKind kind) const noexcept { return !nets_[kind].empty(); }

  // How many bins back the inputs reach.
  int64_t Memory(const Season& season) const;

  // Log changes from `slot`, for each horizon and each fitted kind.
  struct Answer {
    std::array<std::vector<double>, kLstmKinds> change;
  };
  Answer Predict(const TimeSeries& time_series, const Season& season,
                 int64_t slot) const;

  void Write(StateWriter* out) const;
  void Read(StateReader* in);

 private:
  struct Rows;

  size_t Inputs() const noexcept;
  LstmShape Shape() const noexcept;
  void AppendInputs(const TimeSeries& time_series, const Season& season,
                    int64_t slot, std::vector<float>* out) const;
  Rows MakeRows(const TimeSeries& time_series, const Season& season,
                int64_t first, bool uses_residual, const Expectation& expected,
                const std::function<void()>& pause) const;
  void SetScales(const Rows& rows);
  void Pass(const Rows& rows, LstmKind kind, size_t seed, float rate,
            uint64_t shuffle, const std::function<void()>& pause);
  void FitOne(const Rows& rows, LstmKind kind, size_t seed,
              const std::function<void()>& pause);
  // The error of the mean of the nets [first, last) of a kind: absolute error
  // divided by the absolute target, summed over the horizons.
  double HeldOutError(const Rows& rows, LstmKind kind, size_t first,
                      size_t last, const std::function<void()>& pause) const;

  // Constant after construction
  std::vector<size_t> horizons_;
  Target target_ = Target::kPoint;
  LstmOptions options_;

  bool weekly_ = false;
  bool daily_ = false;
  float change_scale_ = 1;
  std::vector<float> input_scale_;                        // per horizon
  std::array<std::vector<float>, kLstmKinds> out_scale_;  // per horizon
  std::array<std::vector<Lstm<float>>, kLstmKinds> nets_;
};

}  // namespace ntm::forecast
