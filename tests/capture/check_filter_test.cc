#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ntm/base/error.h"
#include "ntm/capture/capture_filter.h"

namespace ntm {
namespace {

using testing::HasSubstr;

TEST(CheckFilterTest, LetsRightExpressionsPass) {
  for (const char* expression :
       {"", "tcp", "src net 192.168.0.0/24 or udp port 53", "vlan and tcp",
        "ip broadcast", "inbound"}) {
    EXPECT_NO_THROW(CheckFilter(expression)) << expression;
  }
}

TEST(CheckFilterTest, SaysWhereAnExpressionIsWrong) {
  try {
    CheckFilter("tcp prt 22");
    FAIL() << "not refused";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("'tcp prt 22'"));
    EXPECT_THAT(error.what(), HasSubstr("(column 5)"));
    EXPECT_THAT(error.what(), HasSubstr("pcap-filter(7)"));
  }
}

}  // namespace
}  // namespace ntm
