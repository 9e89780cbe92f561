// The rows of a view: chosen by the filter, sorted, as text.
//
// Shape    sorted by one column; rows that are equal in it by the view's own
//          column, then as ntm sent them. Texts are compared as by version, so
//          that 10.0.0.2 comes before 10.0.0.10.
//          A row passes the filter if each of its words is in the row, in upper
//          or lower case; a host has its address and its name for that.
// Threads  pure functions.
#pragma once

#include <string>
#include <vector>

#include "moment.h"
#include "view.h"

namespace ntm::top {

struct Column {
  std::string title;
  bool is_number = false;
  bool may_be_cut = false;  // first, where there is little room
};

struct Row {
  std::vector<std::string> cells;
  std::vector<double> numbers;  // of the cells that are numbers, else 0
  std::string words;            // for the filter
};

struct Table {
  std::vector<Column> columns;
  std::vector<Row> rows;
  size_t all_rows = 0;  // without the filter
  Sort sort;            // in effect
};

Table MakeTable(const Moment& moment, const Choices& choices);

// The parameter `sort` of /api/flows for that table.
std::string_view FlowOrder(const Choices& choices);

}  // namespace ntm::top
