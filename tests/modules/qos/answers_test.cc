#include "modules/qos/answers.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace ntm::qos {
namespace {

using Json = nlohmann::json;

HttpRequest Post(const std::string& body) {
  HttpRequest request;
  request.method = "POST";
  request.body = body;
  return request;
}

Json JsonOf(const HttpResponse& response, int status = 200) {
  EXPECT_EQ(response.status, status) << response.body;
  return Json::parse(response.body);
}

Json Allocated(const std::string& body,
               const std::map<std::string, double>& expected = {}) {
  return JsonOf(AnswerAllocate(Post(body), DefaultRules(), expected));
}

TEST(RuleAnswersTest, ShowsTheDefaultRules) {
  EXPECT_EQ(JsonOf(AnswerRules(DefaultRules())), Json::parse(R"({"rules": {
    "video": {"min_bandwidth": 5.0, "max_bandwidth": 50.0, "priority": 3,
              "dscp": 46},
    "voice": {"min_bandwidth": 0.1, "max_bandwidth": 10.0, "priority": 3,
              "dscp": 46},
    "file": {"min_bandwidth": 0.5, "max_bandwidth": 30.0, "priority": 1,
             "dscp": 10},
    "background": {"min_bandwidth": 0.0, "max_bandwidth": 20.0, "priority": 0,
                   "dscp": 0}}})"));
}

TEST(RuleAnswersTest, ShowsTheRuleThatWasSet) {
  RuleBook book;
  const Json answer =
      JsonOf(AnswerSetRule(Post(R"({"traffic_type": "game", "min_bandwidth": 1,
               "max_bandwidth": 20.5, "priority": 2, "dscp": 34})"),
                           100, &book));
  EXPECT_EQ(answer["status"], "success");
  EXPECT_TRUE(answer["message"].is_string());
  EXPECT_EQ(answer["rule"]["traffic_type"], "game");
  EXPECT_TRUE(answer["warnings"].empty());
  const Json rules = JsonOf(AnswerRules(book.All()))["rules"];
  EXPECT_EQ(rules["game"], Json::parse(R"({"min_bandwidth": 1.0,
      "max_bandwidth": 20.5, "priority": 2, "dscp": 34})"));
  EXPECT_EQ(rules.size(), 5U);
}

TEST(RuleAnswersTest, KeepsFieldsThatAreNotGiven) {
  RuleBook book;
  JsonOf(AnswerSetRule(Post(R"({"traffic_type": "video", "priority": 1})"), 0,
                       &book));
  EXPECT_EQ(book.All().at("video"), (Rule{5, 50, 1, 46}));
}

TEST(RuleAnswersTest, WarnsIfTheMinimumsExceedTheLink) {
  RuleBook book;
  const Json answer = JsonOf(AnswerSetRule(
      Post(R"({"traffic_type": "video", "min_bandwidth": 50})"), 40, &book));
  EXPECT_EQ(answer["warnings"].size(), 1U);
}

TEST(RuleAnswersTest, RefusesInvalidRules) {
  RuleBook book;
  for (const char* body : {
           R"({"traffic_type": "video", "min_bandwidth": 60})",
           R"({"traffic_type": "video", "max_bandwidth": 1})",
           R"({"traffic_type": "video", "priority": 4})",
           R"({"traffic_type": "video", "priority": -1})",
           R"({"traffic_type": "video", "priority": 1.5})",
           R"({"traffic_type": "video", "dscp": 64})",
           R"({"traffic_type": "video", "dscp": -1})",
           R"({"traffic_type": "video", "dscp": 99999999999999999999})",
           R"({"traffic_type": "video", "min_bandwidth": -1})",
           R"({"traffic_type": "video", "min_bandwidth": "1"})",
           R"({"traffic_type": "video", "max_bandwidth": 1e300})",
           R"({"traffic_type": "new", "min_bandwidth": 1})",
           R"({"traffic_type": "", "min_bandwidth": 1, "max_bandwidth": 2})",
           R"({"traffic_type": 5})",
           R"({"min_bandwidth": 1, "max_bandwidth": 2})",
       }) {
    EXPECT_EQ(AnswerSetRule(Post(body), 0, &book).status, 422) << body;
  }
  for (const char* body : {"", "{", "[]", "5"}) {
    EXPECT_EQ(AnswerSetRule(Post(body), 0, &book).status, 400) << body;
  }
  EXPECT_EQ(book.All(), DefaultRules());
}

TEST(ApplyAnswersTest, ThrottlesPrioritizesAndMaintains) {
  const auto apply = [](double current) {
    return JsonOf(AnswerApply(Post(Json{{"flow_id", "f1"},
                                        {"traffic_type", "video"},
                                        {"current_bandwidth", current}}
                                       .dump()),
                              DefaultRules()));
  };
  EXPECT_EQ(apply(60), Json::parse(R"({"flow_id": "f1", "action": "throttle",
      "target_bandwidth": 50.0, "reason": "exceeds_max", "dscp": 46})"));
  EXPECT_EQ(apply(1), Json::parse(R"({"flow_id": "f1", "action": "prioritize",
      "target_bandwidth": 5.0, "reason": "below_min", "dscp": 46})"));
  EXPECT_EQ(apply(20), Json::parse(R"({"flow_id": "f1", "action": "maintain",
      "target_bandwidth": 20.0, "reason": "within_limits", "dscp": 46})"));
}

TEST(ApplyAnswersTest, DoesNothingForAnUnknownType) {
  const Json answer = JsonOf(
      AnswerApply(Post(R"({"traffic_type": "game", "current_bandwidth": 7})"),
                  DefaultRules()));
  EXPECT_EQ(answer["action"], "none");
  EXPECT_EQ(answer["target_bandwidth"], 7);
}

TEST(ApplyAnswersTest, RefusesMissingFields) {
  for (const char* body :
       {R"({"traffic_type": "video"})", R"({"current_bandwidth": 7})",
        R"({"traffic_type": "video", "current_bandwidth": -7})"}) {
    EXPECT_EQ(AnswerApply(Post(body), DefaultRules()).status, 422) << body;
  }
}

TEST(AllocateAnswersTest, GivesHighPrioritiesTheirBuffer) {
  const Json answer = Allocated(R"({"predictions": [
      {"traffic_type": "background", "predicted_bandwidth_mbps": 10},
      {"traffic_type": "file", "predicted_bandwidth_mbps": 20},
      {"traffic_type": "video", "predicted_bandwidth_mbps": 30},
      {"traffic_type": "voice", "predicted_bandwidth_mbps": 5}],
      "total_bandwidth_mbps": 100})");
  EXPECT_EQ(answer["allocations"],
            Json::parse(R"({"background": 10.0, "file": 20.0, "video": 36.0,
                            "voice": 6.0})"));
  EXPECT_EQ(answer["total_allocated"], 72.0);
  EXPECT_EQ(answer["remaining"], 28.0);
  EXPECT_EQ(answer["utilization_percent"], 72.0);
  EXPECT_EQ(answer.size(), 4U);
}

TEST(AllocateAnswersTest, LeavesVoiceItsMinimum) {
  const Json answer = Allocated(R"({"predictions": [
      {"traffic_type": "video", "current_throughput": 100},
      {"traffic_type": "voice", "current_throughput": 10}]})");
  EXPECT_GE(answer["allocations"]["voice"], 0.1);
  EXPECT_LE(answer["allocations"]["video"], 50.0);
}

TEST(AllocateAnswersTest, CountsEveryClassOnce) {
  const Json answer = Allocated(R"({"predictions": [
      {"traffic_type": "video", "current_throughput": 10},
      {"traffic_type": "video", "current_throughput": 20}]})");
  EXPECT_EQ(answer["allocations"]["video"], 36.0);
  EXPECT_EQ(answer["total_allocated"], 36.0);
}

TEST(AllocateAnswersTest, ReducesTheLowestPriorityFirstAndKeepsTheMax) {
  const Json answer = Allocated(R"({"predictions": [
      {"traffic_type": "background", "current_throughput": 50},
      {"traffic_type": "file", "current_throughput": 50},
      {"traffic_type": "video", "current_throughput": 70}],
      "total_bandwidth_mbps": 60})");
  EXPECT_EQ(answer["allocations"],
            Json::parse(R"({"background": 0.0, "file": 10.0, "video": 50.0})"));
}

TEST(AllocateAnswersTest, UsesTheForecastIfTheRequestHasNoDemand) {
  const Json answer = Allocated(R"({"predictions": [
      {"traffic_type": "video"}, {"traffic_type": "unheard_of"}]})",
                                {{"video", 20}});
  EXPECT_EQ(answer["allocations"],
            Json::parse(R"({"video": 24.0, "unheard_of": 0.0})"));
}

TEST(AllocateAnswersTest, AllocatesNothingIfTheTotalIsZero) {
  EXPECT_EQ(Allocated(R"({"predictions": []})"),
            Json::parse(R"({"allocations": {}, "total_allocated": 0.0,
                            "remaining": 100.0, "utilization_percent": 0.0})"));
  const Json none = Allocated(R"({"predictions": [
      {"traffic_type": "video", "current_throughput": 10}],
      "total_bandwidth_mbps": 0})");
  EXPECT_EQ(none["allocations"]["video"], 0.0);
  EXPECT_EQ(none["utilization_percent"], 0.0);
}

TEST(AllocateAnswersTest, NeverShowsMoreThanTheTotal) {
  const Json answer = Allocated(R"({"predictions": [
      {"traffic_type": "a", "current_throughput": 1},
      {"traffic_type": "b", "current_throughput": 1},
      {"traffic_type": "c", "current_throughput": 1}],
      "total_bandwidth_mbps": 1})");
  double sum = 0;
  for (const auto& share : answer["allocations"]) sum += share.get<double>();
  EXPECT_LE(sum, 1.0);
  EXPECT_EQ(answer["utilization_percent"], 100.0);
}

TEST(AllocateAnswersTest, RefusesInvalidRequests) {
  for (const char* body : {
           R"({})",
           R"({"predictions": 5})",
           R"({"predictions": [5]})",
           R"({"predictions": [{}]})",
           R"({"predictions": [{"traffic_type": 5}]})",
           R"({"predictions": [{"traffic_type": "a",
               "current_throughput": -1}]})",
           R"({"predictions": [{"traffic_type": "a",
               "predicted_bandwidth_mbps": "1"}]})",
           R"({"predictions": [], "total_bandwidth_mbps": -1})",
       }) {
    EXPECT_EQ(AnswerAllocate(Post(body), DefaultRules(), {}).status, 422)
        << body;
  }
  EXPECT_EQ(AnswerAllocate(Post("x"), DefaultRules(), {}).status, 400);
}

}  // namespace
}  // namespace ntm::qos
