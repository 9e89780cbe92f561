// Lays a table out in columns.
//
// Shape    numbers stand at the right of their column. Where the width is too
//          small, the texts that may be cut are, the widest first; then others.
// Threads  pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "clean_text.h"
#include "table.h"

namespace ntm::top {

class TableLayout {
 public:
  // `columns` 0: as wide as the texts are.
  TableLayout(const Table& table, size_t columns, Charset charset);

  // The titles; `sorted_by` marks one of them.
  std::string Head(const Table& table, bool marks_sort) const;
  std::string RowText(const Table& table, const Row& row) const;

 private:
  void Shrink(const Table& table, size_t columns);
  size_t* Widest(const Table& table, bool takes_from_all);
  size_t Width() const;
  std::string Join(const Table& table,
                   const std::vector<std::string>& cells) const;

  const Charset charset_;
  std::vector<size_t> widths_;
};

}  // namespace ntm::top
