#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "backtest_report.h"

namespace ntm::forecast {
namespace {

constexpr double kWidth = 860;
constexpr double kHeight = 330;
constexpr double kLeft = 70;
constexpr double kTop = 36;
constexpr double kRight = 15;
constexpr double kBottom = 40;

// A round step that divides `most` into four to eight.
double GridStep(double most) {
  const double power = std::pow(10, std::floor(std::log10(most)));
  for (const double factor : {0.1, 0.2, 0.25, 0.5, 1.0}) {
    if (most / (factor * power) <= 8) return factor * power;
  }
  return power;
}

std::string RateText(double value) {
  for (const auto& [size, unit] :
       {std::pair{1e9, "Gbit/s"}, {1e6, "Mbit/s"}, {1e3, "kbit/s"}}) {
    if (value >= size) return fmt::format("{:g} {}", value / size, unit);
  }
  return fmt::format("{:g} bit/s", value);
}

struct Scale {
  double per_bin = 1;
  double per_value = 1;
  double X(size_t i) const { return kLeft + per_bin * static_cast<double>(i); }
  double Y(double value) const { return kHeight - kBottom - per_value * value; }
};

template <typename Value>
std::string Points(const std::vector<ScoredBin>& bins, const Scale& scale,
                   Value value) {
  std::string points;
  for (size_t i = 0; i < bins.size(); ++i) {
    fmt::format_to(std::back_inserter(points), "{:.1f},{:.1f} ", scale.X(i),
                   scale.Y(value(bins[i])));
  }
  return points;
}

std::string Band(const std::vector<ScoredBin>& bins, const Scale& scale) {
  std::string points =
      Points(bins, scale, [](const auto& b) { return b.upper; });
  for (size_t i = bins.size(); i-- > 0;) {
    fmt::format_to(std::back_inserter(points), "{:.1f},{:.1f} ", scale.X(i),
                   scale.Y(bins[i].lower));
  }
  return points;
}

}  // namespace

std::string ToSvg(const std::vector<ScoredBin>& bins, const std::string& title,
                  double bins_per_hour, double bits_per_unit) {
  std::vector<ScoredBin> scaled = bins;
  double most = 1;
  for (ScoredBin& bin : scaled) {
    for (double* value : {&bin.actual, &bin.forecast, &bin.lower, &bin.upper}) {
      *value *= bits_per_unit;
      most = std::max(most, *value);
    }
  }
  const auto count = static_cast<double>(std::max<size_t>(bins.size(), 2) - 1);
  const Scale scale{(kWidth - kLeft - kRight) / count,
                    (kHeight - kTop - kBottom) / most};
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n"
      "<text x=\"{2}\" y=\"20\" font-size=\"14\">{3}</text>\n",
      kWidth, kHeight, kLeft, title);
  const double grid = GridStep(most);
  for (double value = 0; value <= most; value += grid) {
    fmt::format_to(
        std::back_inserter(svg),
        "<path d=\"M{0} {1:.1f}H{2}\" stroke=\"#ddd\"/><text x=\"{3}\" "
        "y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
        kLeft, scale.Y(value), kWidth - kRight, kLeft - 6, scale.Y(value) + 4,
        value > 0 ? RateText(value) : "0");
  }
  constexpr double kHoursApart = 3;
  for (double hour = 0; hour * bins_per_hour <= count; hour += kHoursApart) {
    fmt::format_to(std::back_inserter(svg),
                   "<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{:g} "
                   "h</text>\n",
                   scale.X(static_cast<size_t>(hour * bins_per_hour)),
                   kHeight - kBottom + 18, hour);
  }
  fmt::format_to(
      std::back_inserter(svg),
      "<polygon points=\"{}\" fill=\"#9ecae1\" fill-opacity=\"0.6\"/>\n"
      "<polyline points=\"{}\" fill=\"none\" stroke=\"#222\"/>\n"
      "<polyline points=\"{}\" fill=\"none\" stroke=\"#d94801\" "
      "stroke-width=\"1.5\"/>\n",
      Band(scaled, scale),
      Points(scaled, scale, [](const auto& b) { return b.actual; }),
      Points(scaled, scale, [](const auto& b) { return b.forecast; }));
  fmt::format_to(std::back_inserter(svg),
                 "<text x=\"{}\" y=\"{}\">black: actual; orange: forecast; "
                 "blue: 90 % interval</text>\n</svg>\n",
                 kLeft, kHeight - 6);
  return svg;
}

}  // namespace ntm::forecast
