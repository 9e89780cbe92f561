#include "lstm_gate.h"

namespace ntm::forecast {
namespace {

constexpr double kMemoryDays = 14;
constexpr double kAssumed = 1.1;
constexpr double kDoubtHorizons = 14;
constexpr double kDoubtDays = 0.5;
constexpr double kOpens = 0.995;
constexpr double kCloses = 1.005;

}  // namespace

LstmGate::LstmGate(size_t day_bins, size_t steps)
    : fading_(FadingFor(kMemoryDays, day_bins)),
      doubt_(kDoubtDays * static_cast<double>(day_bins) +
             kDoubtHorizons * static_cast<double>(steps)) {}

double LstmGate::Ratio() const noexcept {
  if (without_.weight() == 0) return kAssumed;
  if (without_.mean() <= 0) return 1;
  const double weight = without_.weight();
  return (with_.mean() / without_.mean() * weight + kAssumed * doubt_) /
         (weight + doubt_);
}

void LstmGate::Add(double error_with, double error_without) {
  with_.Add(error_with, fading_);
  without_.Add(error_without, fading_);
  open_ = Ratio() < (open_ ? kCloses : kOpens);
}

void LstmGate::Write(StateWriter* out) const {
  with_.Write(out);
  without_.Write(out);
  out->Put(open_);
}

void LstmGate::Read(StateReader* in) {
  with_.Read(in);
  without_.Read(in);
  in->Get(&open_);
}

}  // namespace ntm::forecast
