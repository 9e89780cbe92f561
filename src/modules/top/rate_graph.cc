#include "rate_graph.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ntm::top {
namespace {

constexpr std::array<const char*, 9> kBlocks = {" ", "▁", "▂", "▃", "▄",
                                                "▅", "▆", "▇", "█"};
constexpr std::array<const char*, 5> kSigns = {" ", ".", ":", "|", "#"};

}  // namespace

void RateHistory::Add(double bytes_per_second) {
  samples_.push_back(bytes_per_second);
  ++added_;
  if (samples_.size() > kSamples) samples_.pop_front();
}

std::vector<double> RateHistory::Columns(size_t columns) const {
  std::vector<double> means(columns, 0.0);
  size_t last = added_;  // one past the newest sample that is not yet in one
  size_t left = samples_.size();
  for (size_t i = columns; i > 0 && left > 0; --i) {
    const size_t in_group = last % kSamplesPerColumn;
    const size_t count =
        std::min(in_group == 0 ? kSamplesPerColumn : in_group, left);
    double sum = 0;
    for (size_t k = 0; k < count; ++k) sum += samples_[left - 1 - k];
    means[i - 1] = sum / static_cast<double>(count);
    last -= count;
    left -= count;
  }
  return means;
}

double RateHistory::Peak(size_t columns) const {
  const std::vector<double> means = Columns(columns);
  return means.empty() ? 0 : *std::ranges::max_element(means);
}

std::vector<std::string> RateHistory::Graph(size_t columns, size_t height,
                                            Charset charset) const {
  const auto level = [charset](size_t step) {
    return charset == Charset::kUtf8 ? kBlocks.at(step) : kSigns.at(step);
  };
  const size_t steps =
      (charset == Charset::kUtf8 ? kBlocks.size() : kSigns.size()) - 1;
  const double peak = Peak(columns);
  std::vector<std::string> lines(height);
  for (const double mean : Columns(columns)) {
    const double share = peak > 0 ? mean / peak : 0;
    // Something is never shown as nothing.
    const size_t filled =
        mean <= 0 ? 0
                  : std::max<size_t>(
                        1, static_cast<size_t>(std::lround(
                               share * static_cast<double>(steps * height))));
    for (size_t line = 0; line < height; ++line) {
      const size_t below = (height - 1 - line) * steps;
      lines[line] +=
          level(filled > below ? std::min(filled - below, steps) : 0);
    }
  }
  return lines;
}

}  // namespace ntm::top
