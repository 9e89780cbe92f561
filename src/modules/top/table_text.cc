#include "table_text.h"

#include <algorithm>

namespace ntm::top {
namespace {

constexpr size_t kGap = 2;
// Rates keep the room of "999.9 kbit/s", so that columns do not jump.
constexpr size_t kNumberColumns = 12;
constexpr size_t kLeastColumns = 4;

}  // namespace

TableLayout::TableLayout(const Table& table, size_t columns, Charset charset)
    : charset_(charset) {
  for (size_t i = 0; i < table.columns.size(); ++i) {
    // A title may get a mark of the sorting.
    size_t width = table.columns[i].title.size() + 2;
    if (table.columns[i].is_number && columns > 0) {
      width = std::max(width, kNumberColumns);
    }
    for (const Row& row : table.rows) {
      width = std::max(width, ColumnsOf(row.cells[i]));
    }
    widths_.push_back(width);
  }
  if (columns > 0) Shrink(table, columns);
}

size_t TableLayout::Width() const {
  size_t width = widths_.empty() ? 0 : kGap * (widths_.size() - 1);
  for (const size_t one : widths_) width += one;
  return width;
}

// The widest column that may still lose one; null if there is none.
size_t* TableLayout::Widest(const Table& table, bool takes_from_all) {
  const size_t least = takes_from_all ? kLeastColumns : 3 * kLeastColumns;
  size_t* widest = nullptr;
  for (size_t i = 0; i < widths_.size(); ++i) {
    const bool may_lose = takes_from_all || table.columns[i].may_be_cut;
    if (!may_lose || widths_[i] <= least) continue;
    if (widest == nullptr || widths_[i] > *widest) widest = &widths_[i];
  }
  return widest;
}

void TableLayout::Shrink(const Table& table, size_t columns) {
  for (const bool takes_from_all : {false, true}) {
    while (Width() > columns) {
      size_t* const widest = Widest(table, takes_from_all);
      if (widest == nullptr) break;
      --*widest;
    }
  }
}

std::string TableLayout::Join(const Table& table,
                              const std::vector<std::string>& cells) const {
  std::string text;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) text.append(kGap, ' ');
    text += table.columns[i].is_number
                ? FillLeft(cells[i], widths_[i], charset_)
                : FillRight(cells[i], widths_[i], charset_);
  }
  const size_t end = text.find_last_not_of(' ');
  text.resize(end == std::string::npos ? 0 : end + 1);
  return text;
}

std::string TableLayout::Head(const Table& table, bool marks_sort) const {
  std::vector<std::string> titles;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    titles.push_back(table.columns[i].title);
    if (!marks_sort || i != table.sort.column) continue;
    const bool is_utf8 = charset_ == Charset::kUtf8;
    titles.back() += table.sort.is_falling ? (is_utf8 ? " ↓" : " v")
                                           : (is_utf8 ? " ↑" : " ^");
  }
  return Join(table, titles);
}

std::string TableLayout::RowText(const Table& table, const Row& row) const {
  return Join(table, row.cells);
}

}  // namespace ntm::top
