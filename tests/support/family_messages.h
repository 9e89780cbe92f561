// Reads an exposition in protobuf, with the classes that protoc made.
//
// Errors   throws std::runtime_error if the text is not a sequence of whole
//          messages.
#pragma once

#include <prometheus_client.pb.h>

#include <string_view>
#include <vector>

namespace ntm::test {

std::vector<io::prometheus::client::MetricFamily> ReadFamilies(
    std::string_view text);

}  // namespace ntm::test
