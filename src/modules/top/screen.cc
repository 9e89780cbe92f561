#include "screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "health_view.h"
#include "table_text.h"

namespace ntm::top {
namespace {

constexpr size_t kGraphTextColumns = 22;
constexpr size_t kHighGraphRows = 3;
constexpr size_t kRowsForHighGraphs = 20;
constexpr size_t kRowsForGraphs = 12;
// Below the figures of the health: titles, three rows, the foot.
constexpr size_t kRowsOfServices = 5;
constexpr size_t kGapsOfHealth = 2;
constexpr size_t kTimeBegin = 11;  // in 2026-01-31T09:00:00Z
constexpr size_t kTimeLength = 8;
// {}: the number of the last view.
constexpr char kKeys[] =
    "q quit  ? help  1-{} view  s sort  r turn  / filter  u units  n names  p "
    "pause";
constexpr std::array<const char*, 13> kHelp = {
    "1, 2, 3, 4       conversations, hosts, services, health",
    "Tab, left, right the next view, the one before",
    "s, r             sort by the next column; turn the order round",
    "/                filter: words that a row must have; Enter keeps it,",
    "                 Escape removes it",
    "u                rates in bits or in bytes per second",
    "n                hosts by name or by address",
    "p, space         pause the screen; the graph goes on behind it",
    "up, down, Page Up, Page Down, Home, End",
    "                 scroll",
    "q                quit",
    "",
    "Any key closes this help."};

// Puts `left` and `right` on one line; the left one is cut if need be.
std::string Spread(const std::string& left, const std::string& right,
                   size_t columns, Charset charset) {
  const size_t wide = ColumnsOf(right);
  if (wide >= columns) return FillRight(left, columns, charset);
  return FillRight(left, columns - wide, charset) + right;
}

std::string PercentText(double ratio) {
  if (ratio >= 1) return "100 %";
  constexpr double kDigits = 10'000;
  // Rounded down, so that 100 % means that nothing was lost.
  return fmt::format("{:.2f} %", std::floor(ratio * kDigits) / 100);
}

class Drawing {
 public:
  Drawing(const ScreenContents& contents, const Choices& choices,
          ScreenSize size, Charset charset)
      : contents_(contents),
        choices_(choices),
        size_(size),
        charset_(charset),
        table_(MakeTable(contents.moment, choices)) {}

  Screen Run() {
    DrawTitle();
    DrawRates();
    DrawTabs();
    if (choices_.has_help) {
      for (const char* line : kHelp) Add({{Fit(line)}});
    } else {
      DrawHealth();
      DrawTable();
    }
    lines_.resize(std::max<size_t>(size_.rows, 1) - 1);
    DrawFoot();
    for (const Column& column : table_.columns) {
      shown_.columns.push_back(column.is_number);
    }
    shown_.rows = table_.rows.size();
    shown_.sort = table_.sort;
    return {std::move(lines_), std::move(shown_)};
  }

 private:
  void Add(Line line) { lines_.push_back(std::move(line)); }
  std::string Fit(const std::string& text) const {
    return Cut(text, size_.columns, charset_);
  }

  void DrawTitle() {
    const Moment& moment = contents_.moment;
    const std::string time =
        moment.timestamp.size() >= kTimeBegin + kTimeLength
            ? moment.timestamp.substr(kTimeBegin, kTimeLength) + " UTC"
            : "";
    const std::string left =
        fmt::format(" ntm {} {}", moment.version, contents_.where);
    const std::string right = fmt::format(
        " {}{} of {} flows  captured {}  {} ",
        choices_.is_paused ? "PAUSED  " : "", moment.active_flows,
        moment.total_flows, PercentText(moment.coverage_ratio), time);
    Add({{Spread(left, right, size_.columns, charset_), Look::kBar}});
  }

  std::string Rate(const std::optional<double>& value) const {
    return value ? RateText(*value, choices_.units) : "-";
  }

  void DrawRates() {
    const Moment& moment = contents_.moment;
    if (size_.rows < kRowsForGraphs) {
      Add({{Fit(" down " + Rate(moment.down_bytes_per_second) + "  up " +
                Rate(moment.up_bytes_per_second)),
            Look::kStrong}});
      return;
    }
    DrawGraph("down", moment.down_bytes_per_second, moment.down_bytes,
              contents_.down, Look::kDown);
    DrawGraph("up", moment.up_bytes_per_second, moment.up_bytes, contents_.up,
              Look::kUp);
  }

  void DrawGraph(const std::string& what, const std::optional<double>& rate,
                 double bytes, const RateHistory& history, Look look) {
    const bool is_high =
        size_.rows >= kRowsForHighGraphs && choices_.view != View::kHealth;
    const size_t height = is_high ? kHighGraphRows : 1;
    const size_t columns = size_.columns > kGraphTextColumns + 1
                               ? size_.columns - kGraphTextColumns - 1
                               : 0;
    const std::vector<std::string> graph =
        history.Graph(columns, height, charset_);
    const auto text = [this](const std::string& name,
                             const std::string& value) {
      return FillRight(fmt::format(" {:<5}{:>14}", name, value),
                       std::min(kGraphTextColumns, size_.columns), charset_);
    };
    Add({{text(what, Rate(rate)), Look::kStrong}, {graph[0], look}});
    if (height == 1) return;
    Add({{text("peak", Rate(history.Peak(columns))), Look::kFaint},
         {graph[1], look}});
    Add({{text("total", AmountText(bytes)), Look::kFaint}, {graph[2], look}});
  }

  void DrawTabs() {
    Line line;
    size_t used = 0;
    for (size_t i = 0; i < kViews; ++i) {
      const auto view = static_cast<View>(i);
      if (view == View::kHealth && !choices_.has_health) continue;
      const std::string tab = fmt::format(" {} {} ", i + 1, kViewNames.at(i));
      if (used + tab.size() > size_.columns) break;
      used += tab.size();
      line.push_back({tab, view == choices_.view ? Look::kBar : Look::kPlain});
    }
    std::string right;
    if (choices_.is_editing || !choices_.filter.empty()) {
      right = fmt::format(
          "filter: {}{}  {} of {} rows ", CleanText(choices_.filter, charset_),
          choices_.is_editing ? "_" : "", table_.rows.size(), table_.all_rows);
    }
    const size_t room = size_.columns - used;
    line.push_back({FillLeft(right, room, charset_), Look::kStrong});
    Add(std::move(line));
  }

  // What stands above the table of the services that suffer.
  void DrawHealth() {
    const auto& health = contents_.moment.health;
    if (choices_.view != View::kHealth || !health) return;
    const auto figures = FigureLines(*health, size_.columns, charset_);
    const size_t taken =
        lines_.size() + figures.size() + kRowsOfServices + kGapsOfHealth;
    const size_t room = size_.rows > taken ? size_.rows - taken : 0;
    for (const std::string& line : FindingLines(
             *health, size_.columns, std::max<size_t>(room, 1), charset_)) {
      Add({{line, health->is_well ? Look::kDown : Look::kBad}});
    }
    Add({});
    for (const std::string& line : figures) Add({{line, Look::kPlain}});
    Add({});
  }

  void DrawTable() {
    const TableLayout layout(table_, size_.columns, charset_);
    Add({{FillRight(layout.Head(table_, true), size_.columns, charset_),
          Look::kBar}});
    const size_t used = lines_.size() + 1;
    shown_.rows_fit = size_.rows > used ? size_.rows - used : 0;
    const size_t last = table_.rows.size() > shown_.rows_fit
                            ? table_.rows.size() - shown_.rows_fit
                            : 0;
    const size_t first = std::min(choices_.first_row, last);
    if (table_.rows.empty()) {
      const char* const nothing = choices_.view == View::kHealth
                                      ? " No service suffers."
                                      : " No traffic yet.";
      Add({{Fit(table_.all_rows == 0 ? nothing
                                     : " No row has the words of the filter."),
            Look::kFaint}});
    }
    for (size_t i = first;
         i < std::min(table_.rows.size(), first + shown_.rows_fit); ++i) {
      const Row& row = table_.rows[i];
      Add({{Fit(layout.RowText(table_, row)), Look::kPlain}});
    }
  }

  void DrawFoot() {
    const std::string& fault =
        contents_.fault.empty() ? contents_.moment.fault : contents_.fault;
    if (fault.empty()) {
      const size_t views = choices_.has_health ? kViews : kViews - 1;
      Add({{Fit(fmt::format(kKeys, views)), Look::kFaint}});
    } else {
      Add({{Fit(" " + fault), Look::kBad}});
    }
  }

  const ScreenContents& contents_;
  const Choices& choices_;
  const ScreenSize size_;
  const Charset charset_;
  const Table table_;
  std::vector<Line> lines_;
  Shown shown_;
};

}  // namespace

Screen Draw(const ScreenContents& contents, const Choices& choices,
            ScreenSize size, Charset charset) {
  return Drawing(contents, choices, size, charset).Run();
}

std::string PlainTable(const Table& table, size_t columns, Charset charset) {
  const TableLayout layout(table, columns, charset);
  std::string text = layout.Head(table, false) + "\n";
  for (const Row& row : table.rows) {
    text += layout.RowText(table, row) + "\n";
  }
  return text;
}

std::string PlainView(const Moment& moment, const Choices& choices,
                      size_t columns, Charset charset) {
  const Table table = MakeTable(moment, choices);
  if (choices.view != View::kHealth || !moment.health) {
    return PlainTable(table, columns, charset);
  }
  const Health& health = *moment.health;
  std::string text;
  const auto add = [&text](const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    }
  };
  add(FindingLines(health, columns, std::numeric_limits<size_t>::max(),
                   charset));
  add({""});
  add(FigureLines(health, columns, charset));
  if (table.rows.empty()) return text;
  add({""});
  return text + PlainTable(table, columns, charset);
}

std::string TextOf(const Line& line) {
  std::string text;
  for (const Piece& piece : line) text += piece.text;
  return text;
}

}  // namespace ntm::top
