// Synthetic series from a fixed seed, with days, weeks, noise and bursts.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace ntm::forecast::test {

// A uniform number in [0, 1), the same with every standard library.
inline double Unit(std::mt19937_64* random) {
  return static_cast<double>((*random)() >> 11) / 9007199254740992.0;
}

// Approximately normal, with mean 0 and standard deviation 1.
inline double Noise(std::mt19937_64* random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += Unit(random);
  return sum;
}

// A link: a daily and a weekly season, and autocorrelated noise.
inline std::vector<double> MakeLink(size_t count, size_t day_bins,
                                    uint64_t seed) {
  constexpr double kTurn = 6.283185307179586;
  std::mt19937_64 random(seed);
  std::vector<double> values;
  double lingering = 0;
  double slope = 0;
  for (size_t i = 0; i < count; ++i) {
    const double days = static_cast<double>(i) / static_cast<double>(day_bins);
    const bool weekend = std::fmod(days, 7) >= 5;
    slope = 0.9 * slope + 0.004 * Noise(&random);
    lingering = 0.98 * lingering + slope;
    const double z = 16 + (weekend ? 0.5 : 0.9) * std::sin(kTurn * days - 2) +
                     0.3 * std::sin(2 * kTurn * days) + lingering +
                     0.01 * Noise(&random);
    values.push_back(std::exp(z));
  }
  return values;
}

// A link whose level falls by half for two weeks, from `fall_day` on, and comes
// back.
inline std::vector<double> MakeHoliday(size_t count, size_t day_bins,
                                       size_t fall_day, uint64_t seed) {
  std::vector<double> values = MakeLink(count, day_bins, seed);
  for (size_t i = 0; i < 14 * day_bins; ++i) {
    values.at(fall_day * day_bins + i) *= 0.5;
  }
  return values;
}

// A host: little traffic, and bursts.
inline std::vector<double> MakeHost(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<double> values;
  double burst = 0;
  for (size_t i = 0; i < count; ++i) {
    if (Unit(&random) < 0.03) burst = 1e6 * Unit(&random);
    values.push_back(2e4 * (1 + 0.1 * Noise(&random)) + burst);
    burst = Unit(&random) < 0.5 ? 0 : burst;
  }
  return values;
}

}  // namespace ntm::forecast::test
