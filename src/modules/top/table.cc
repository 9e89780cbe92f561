#include "table.h"

#include <algorithm>
#include <cstring>
#include <sstream>

#include "health_view.h"
#include "ntm/base/ascii.h"

namespace ntm::top {
namespace {

constexpr std::string_view kUnknown = "-";
constexpr size_t kConversationTotal = 5;

std::string ShownHost(const Host& host, bool has_names) {
  return has_names && !host.name.empty() ? host.name : host.address;
}

std::string PartText(double part, double whole) {
  return CountText(part) + " of " + CountText(whole);
}

// Collects the cells of a row.
class RowMaker {
 public:
  explicit RowMaker(const Choices& choices) : choices_(choices) {}

  RowMaker& Text(const std::string& text) {
    row_.cells.emplace_back(text.empty() ? kUnknown : text);
    row_.numbers.push_back(0);
    row_.words += LowerCase(text) + '\n';
    return *this;
  }
  RowMaker& Name(const Host& host) {
    Text(ShownHost(host, choices_.has_names));
    row_.words += LowerCase(host.address + '\n' + host.name) + '\n';
    for (const std::string& other : host.others) row_.words += other + '\n';
    return *this;
  }
  RowMaker& Rate(double bytes_per_second) {
    row_.cells.push_back(RateText(bytes_per_second, choices_.units));
    row_.numbers.push_back(bytes_per_second);
    return *this;
  }
  RowMaker& Amount(double bytes) {
    row_.cells.push_back(AmountText(bytes));
    row_.numbers.push_back(bytes);
    return *this;
  }
  RowMaker& Number(const std::string& text, double number) {
    row_.cells.push_back(text);
    row_.numbers.push_back(number);
    return *this;
  }
  RowMaker& Traffic(const Talker& t) {
    return Rate(t.down_bytes_per_second)
        .Rate(t.up_bytes_per_second)
        .Rate(t.down_bytes_per_second + t.up_bytes_per_second)
        .Amount(t.down_bytes + t.up_bytes);
  }
  Row Take() { return std::move(row_); }

 private:
  const Choices& choices_;
  Row row_;
};

Table Conversations(const Moment& moment, const Choices& choices) {
  Table table;
  table.columns = {{"Source", false, true}, {"Destination", false, true},
                   {"Service", false},      {"Proto", false},
                   {"Now", true},           {"Total", true}};
  table.sort = {4, true};
  for (const Conversation& c : moment.conversations) {
    table.rows.push_back(RowMaker(choices)
                             .Name(c.src)
                             .Name(c.dst)
                             .Text(c.service)
                             .Text(c.protocol)
                             .Rate(c.bytes_per_second)
                             .Amount(c.bytes)
                             .Take());
  }
  return table;
}

Table Hosts(const Moment& moment, const Choices& choices) {
  Table table;
  table.columns = {{"Host", false, true}, {"Where", false}, {"Down", true},
                   {"Up", true},          {"Now", true},    {"Total", true}};
  table.sort = {4, true};
  for (const Talker& t : moment.hosts) {
    table.rows.push_back(RowMaker(choices)
                             .Name(t.host)
                             .Text(t.is_local ? "local" : "remote")
                             .Traffic(t)
                             .Take());
  }
  return table;
}

Table Services(const Moment& moment, const Choices& choices) {
  Table table;
  table.columns = {{"Service", false, true},
                   {"Down", true},
                   {"Up", true},
                   {"Now", true},
                   {"Total", true}};
  table.sort = {3, true};
  for (const Talker& t : moment.services) {
    table.rows.push_back(RowMaker(choices)
                             .Text(ShownHost(t.host, choices.has_names))
                             .Traffic(t)
                             .Take());
  }
  return table;
}

Table SufferingServices(const Moment& moment, const Choices& choices) {
  Table table;
  table.columns = {{"Service", false, true},
                   {"Sent again", true},
                   {"Share", true},
                   {"Failed connections", true}};
  table.sort = {1, true};
  if (!moment.health) return table;
  for (const SufferingService& service : moment.health->services) {
    const Sent& sent = service.sent;
    table.rows.push_back(
        RowMaker(choices)
            .Text(service.name)
            .Number(PartText(sent.retransmitted, sent.segments),
                    sent.retransmitted)
            .Number(ShareText(sent.retransmitted, sent.segments),
                    sent.segments > 0 ? sent.retransmitted / sent.segments : 0)
            .Number(PartText(service.failed_connections, service.connections),
                    service.failed_connections)
            .Take());
  }
  return table;
}

Table AllRows(const Moment& moment, const Choices& choices) {
  switch (choices.view) {
    case View::kHosts:
      return Hosts(moment, choices);
    case View::kServices:
      return Services(moment, choices);
    case View::kHealth:
      return SufferingServices(moment, choices);
    case View::kConversations:
      break;
  }
  return Conversations(moment, choices);
}

void Filter(const std::string& filter, std::vector<Row>* rows) {
  std::istringstream words(LowerCase(filter));
  for (std::string word; words >> word;) {
    std::erase_if(*rows, [&word](const Row& row) {
      return row.words.find(word) == std::string::npos;
    });
  }
}

// Below 0 if `a` comes first in rising order.
int Compare(const Row& a, const Row& b, const Column& column, size_t index) {
  if (!column.is_number) {
    return strverscmp(a.cells[index].c_str(), b.cells[index].c_str());
  }
  const double x = a.numbers[index];
  const double y = b.numbers[index];
  return x < y ? -1 : x > y ? 1 : 0;
}

void Order(const Sort& sort, Table* table) {
  const Column& column = table->columns[sort.column];
  std::ranges::stable_sort(table->rows, [&](const Row& a, const Row& b) {
    const int order = Compare(a, b, column, sort.column);
    return sort.is_falling ? order > 0 : order < 0;
  });
}

}  // namespace

Table MakeTable(const Moment& moment, const Choices& choices) {
  Table table = AllRows(moment, choices);
  table.all_rows = table.rows.size();
  Filter(choices.filter, &table.rows);
  Order(table.sort, &table);
  const auto& chosen = choices.sorts.at(static_cast<size_t>(choices.view));
  if (chosen) {
    table.sort = *chosen;
    Order(*chosen, &table);
  }
  return table;
}

std::string_view FlowOrder(const Choices& choices) {
  const auto& chosen =
      choices.sorts.at(static_cast<size_t>(View::kConversations));
  return chosen && chosen->column == kConversationTotal ? "bytes"
                                                        : "bytes_per_second";
}

}  // namespace ntm::top
