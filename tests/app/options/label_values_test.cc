#include "app/options/label_values.h"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>

namespace ntm {
namespace {

std::string ErrorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(LabelValuesTest, ReadsEveryLabelByItsName) {
  for (size_t i = 0; i < kFlowLabelCount; ++i) {
    const auto label = static_cast<FlowLabel>(i);
    const FlowLabels labels = ParseFlowLabels({std::string(LabelName(label))});
    EXPECT_EQ(labels, FlowLabels::Make(label));
  }
  EXPECT_EQ(ParseFlowLabels({"service", "proto", " dst ", "src", "src"}),
            kPlainLabels);
}

TEST(LabelValuesTest, SuggestsTheNearestLabel) {
  EXPECT_EQ(ErrorOf([] {
              ParseFlowLabels({"src", "dts_mac"});
            }),
            "'dts_mac' is not a label; did you mean dst_mac?");
  EXPECT_NE(
      ErrorOf([] { ParseFlowLabels({"xyzzy"}); }).find("labels are class"),
      std::string::npos);
}

TEST(LabelValuesTest, ReadsPrefixes) {
  EXPECT_EQ(ParsePrefixBits("24/64"), (PrefixBits{24, 64}));
  EXPECT_EQ(ParsePrefixBits("0"), (PrefixBits{0, 128}));
  for (const char* text : {"", "33", "24/129", "24/", "/64", "-1", "a/b"}) {
    EXPECT_NE(ErrorOf([text] { ParsePrefixBits(text); }), "") << text;
  }
}

TEST(LabelValuesTest, ReadsNetworks) {
  const auto networks = ParseNetworks({"192.168.0.0/16", " fd00::/8", "::1"});
  ASSERT_EQ(networks.size(), 3U);
  EXPECT_EQ(ToString(networks[1]), "fd00::/8");
  EXPECT_NE(ErrorOf([] { ParseNetworks({"192.168.0.0/33"}); }), "");
}

}  // namespace
}  // namespace ntm
