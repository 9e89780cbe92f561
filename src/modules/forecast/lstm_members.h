// The two members of the pool that are networks: one learns how log traffic
// changes, the other what the seasonal ridge leaves over of that change.
//
// Shape    both see the same sequences: the last 24 changes, the time of day,
//          and how the days and the week before went on. One network answers
//          for all horizons; of each kind there are several, of different
//          first weights, and their mean counts. The newest day is held out:
//          by it learning stops, and new weights are held against the old.
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
  size_t patience = 2;  // epochs that may bring nothing
  size_t most_rows = 8064;
};

class LstmMembers {
 public:
  // The change of log traffic that the ridge expects from `slot` over horizon
  // number `horizon`; NaN where it expects nothing.
  using Expectation = std::function<double(int64_t slot, size_t horizon)>;

  LstmMembers() = default;
  LstmMembers(std::vector<size_t> horizons, Target target);

  // From new weights; stops where the day that is held out gets worse.
  // `uses_residual` iff `expected` may be asked. `pause` is called now and
  // then.
  void Fit(const TimeSeries& time_series, const Season& season,
           bool uses_residual, const Expectation& expected,
           const std::function<void()>& pause);
  // One pass over the last week. A kind that is worse for it on the day that is
  // held out keeps its old weights; returns how many kinds are.
  // REQUIRES: fitted() for this season's shape.
  size_t Update(const TimeSeries& time_series, const Season& season,
                bool uses_residual, const Expectation& expected,
                const std::function<void()>& pause);
  // How wrong it is on the day that is held out, to compare it with another of
  // this shape; both kinds together.
  double HeldOutError(const TimeSeries& time_series, const Season& season,
                      bool uses_residual, const Expectation& expected,
                      const std::function<void()>& pause) const;
  bool fitted(LstmKind kind) const noexcept { return !nets_[kind].empty(); }

  // The first slot from which it can be asked.
  int64_t Memory(const Season& season) const;

  // Log changes from `slot`, one for each horizon and kind that is fitted.
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
  // Of the mean of nets first … last of a kind: the absolute error by the size
  // of what was to be said, summed up over the horizons.
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
