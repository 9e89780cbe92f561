#include "modules/agents/traffic_update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <variant>

namespace ntm::agents {
namespace {

using nlohmann::json;

// An update as sent by an agent written in Python.
json PlainBody() {
  return {{"service_id", "web1"},    {"bandwidth_up", 1.5},
          {"bandwidth_down", 12.25}, {"total_up", 3.5},
          {"total_down", 40.125},    {"max_bandwidth", 250.0},
          {"cpu_percent", 12.5},     {"memory_percent", 80.1}};
}

UpdateFault FaultOf(const std::string& text) {
  const auto parsed = ParseUpdate(text);
  const auto* fault = std::get_if<UpdateFault>(&parsed);
  return fault == nullptr ? UpdateFault{200, "taken"} : *fault;
}

UpdateFault FaultWith(const char* name, const json& value) {
  json body = PlainBody();
  body[name] = value;
  return FaultOf(body.dump());
}

TEST(TrafficUpdateTest, ParsesUpdatesOfPythonAgents) {
  const auto parsed = ParseUpdate(PlainBody().dump());
  ASSERT_TRUE(std::holds_alternative<TrafficUpdate>(parsed));
  const auto& update = std::get<TrafficUpdate>(parsed);
  EXPECT_EQ(update.id, "web1");
  EXPECT_EQ(update.transmit_bytes_per_second, 1'572'864);
  EXPECT_EQ(update.receive_bytes_per_second, 12'845'056);
  EXPECT_EQ(update.transmit_bytes, 3'758'096'384);
  EXPECT_EQ(update.receive_bytes, 43'083'890'688);
  EXPECT_EQ(update.max_bytes_per_second, 262'144'000);
  EXPECT_EQ(update.cpu_percent, 12.5);
  EXPECT_EQ(update.memory_percent, 80.1);
  EXPECT_FALSE(update.is_ntm);
}

TEST(TrafficUpdateTest, JsonRoundTripKeepsEveryByte) {
  TrafficUpdate sent;
  sent.id = "host-1.example_net";
  sent.receive_bytes_per_second = 1234567.25;
  sent.transmit_bytes_per_second = 0.5;
  sent.receive_bytes = 9'007'199'254'740'993;  // not representable as double
  sent.transmit_bytes = 1;
  sent.max_bytes_per_second = 250e6;
  sent.cpu_percent = 33.25;
  sent.memory_percent = 99.5;
  sent.is_ntm = true;
  sent.origin = {"s1", "r1", 42, 600.5, 5};
  const auto parsed = ParseUpdate(ToJson(sent));
  ASSERT_TRUE(std::holds_alternative<TrafficUpdate>(parsed))
      << std::get<UpdateFault>(parsed).what;
  const auto& got = std::get<TrafficUpdate>(parsed);
  EXPECT_EQ(got.id, sent.id);
  EXPECT_EQ(got.receive_bytes_per_second, 1234567.25);
  EXPECT_EQ(got.transmit_bytes_per_second, 0.5);
  EXPECT_EQ(got.receive_bytes, 9'007'199'254'740'993);
  EXPECT_EQ(got.transmit_bytes, 1);
  EXPECT_EQ(got.max_bytes_per_second, 250e6);
  EXPECT_EQ(got.cpu_percent, 33.25);
  EXPECT_EQ(got.memory_percent, 99.5);
  EXPECT_TRUE(got.is_ntm);
  EXPECT_EQ(got.origin.series, "s1");
  EXPECT_EQ(got.origin.run, "r1");
  EXPECT_EQ(got.origin.sequence, 42U);
  EXPECT_EQ(got.origin.age_seconds, 600.5);
  EXPECT_EQ(got.origin.interval_seconds, 5);
}

TEST(TrafficUpdateTest, SendsTheMembersOfPythonAgents) {
  TrafficUpdate sent;
  sent.id = "web1";
  sent.transmit_bytes_per_second = 3 * 1024 * 1024;
  sent.receive_bytes = 5LL * 1024 * 1024 * 1024;
  sent.is_ntm = true;
  const json body = json::parse(ToJson(sent));
  const json plain = PlainBody();
  for (const auto& [name, value] : plain.items()) {
    EXPECT_TRUE(body.contains(name)) << name;
  }
  EXPECT_EQ(body["service_id"], "web1");
  EXPECT_EQ(body["bandwidth_up"], 3);
  EXPECT_EQ(body["total_down"], 5);
}

TEST(TrafficUpdateTest, AcceptsUpdatesWithoutLoadAndMaximum) {
  json body = PlainBody();
  body.erase("max_bandwidth");
  body.erase("memory_percent");
  body["cpu_percent"] = nullptr;
  const auto parsed = ParseUpdate(body.dump());
  ASSERT_TRUE(std::holds_alternative<TrafficUpdate>(parsed));
  EXPECT_EQ(std::get<TrafficUpdate>(parsed).max_bytes_per_second, 0);
}

TEST(TrafficUpdateTest, NamesTheFirstInvalidMember) {
  for (const char* name : {"service_id", "bandwidth_up", "bandwidth_down",
                           "total_up", "total_down"}) {
    json body = PlainBody();
    body.erase(name);
    EXPECT_EQ(FaultOf(body.dump()).status, 422) << name;
    EXPECT_THAT(FaultOf(body.dump()).what, testing::StartsWith(name));
  }
  for (const auto& [name, value] : std::vector<std::pair<const char*, json>>{
           {"service_id", ""},
           {"service_id", 7},
           {"service_id", "a/b"},
           {"service_id", std::string(65, 'a')},
           {"bandwidth_up", "1.5"},
           {"bandwidth_up", 1e300},
           {"bandwidth_up", -3.5},
           {"bandwidth_down", -0.01},
           {"total_up", -0.5},
           {"total_down", -4e9},
           {"total_down", 4.1e9},
           {"total_up", json::array()},
           {"total_up", true},
           {"cpu_percent", 100.5},
           {"cpu_percent", -1},
           {"memory_percent", 101},
           {"max_bandwidth", -1}}) {
    EXPECT_EQ(FaultWith(name, value).status, 422) << name << value;
    EXPECT_THAT(FaultWith(name, value).what, testing::StartsWith(name));
  }
}

TEST(TrafficUpdateTest, RequiresAllMembersOfItsOwnObject) {
  TrafficUpdate sent;
  sent.id = "a";
  sent.is_ntm = true;
  sent.origin = {"s", "r", 1, 0, 5};
  const json whole = json::parse(ToJson(sent));
  for (const auto& [name, value] : whole["ntm"].items()) {
    json body = whole;
    body["ntm"].erase(name);
    EXPECT_EQ(FaultOf(body.dump()).status, 422) << name;
    EXPECT_THAT(FaultOf(body.dump()).what, testing::HasSubstr("ntm." + name));
  }
  json body = whole;
  body["ntm"]["receive_bytes"] = 18'446'744'073'709'551'615ULL;
  EXPECT_EQ(FaultOf(body.dump()).status, 422);
  body = whole;
  body["ntm"] = "no object";
  EXPECT_EQ(FaultOf(body.dump()).status, 422);
}

TEST(TrafficUpdateTest, DistinguishesInvalidJsonFromInvalidUpdates) {
  EXPECT_EQ(FaultOf("").status, 400);
  EXPECT_EQ(FaultOf("{\"service_id\":").status, 400);
  EXPECT_EQ(FaultOf("\xff\xfe").status, 400);
  EXPECT_EQ(FaultOf("[]").status, 422);
  EXPECT_EQ(FaultOf("7").status, 422);
  EXPECT_EQ(FaultOf(std::string(100'000, '[')).status, 400);
}

}  // namespace
}  // namespace ntm::agents
