#include "family_messages.h"

#include <google/protobuf/io/coded_stream.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace ntm::test {

std::vector<io::prometheus::client::MetricFamily> ReadFamilies(
    std::string_view text) {
  google::protobuf::io::CodedInputStream in(
      reinterpret_cast<const uint8_t*>(text.data()),
      static_cast<int>(text.size()));
  std::vector<io::prometheus::client::MetricFamily> families;
  while (in.CurrentPosition() < static_cast<int>(text.size())) {
    uint32_t bytes = 0;
    if (!in.ReadVarint32(&bytes)) throw std::runtime_error("no length");
    const auto limit = in.PushLimit(static_cast<int>(bytes));
    if (in.BytesUntilLimit() != static_cast<int>(bytes) ||
        !families.emplace_back().ParseFromCodedStream(&in) ||
        in.BytesUntilLimit() != 0) {
      throw std::runtime_error("not a message after " +
                               std::to_string(families.size() - 1));
    }
    in.PopLimit(limit);
  }
  return families;
}

}  // namespace ntm::test
