#include "app/serve/answer_cache.h"

#include <gtest/gtest.h>

namespace ntm {
namespace {

using std::chrono::milliseconds;

struct AnswerCacheTest : ::testing::Test {
  HttpResponse Ask(const std::string& path,
                   const std::map<std::string, std::string>& query = {}) {
    HttpRequest request;
    request.path = path;
    request.query = query;
    return cache.Answer(
        [this](const HttpRequest&) {
          HttpResponse response;
          response.status = status;
          response.content_type = "application/json";
          response.headers = {{"Cache-Control", "no-store"}};
          response.body = std::to_string(++calls) + padding;
          return response;
        },
        request, now);
  }
  static std::string CacheControl(const HttpResponse& response) {
    EXPECT_EQ(response.headers.size(), 1U);
    return response.headers.at(0).second;
  }

  AnswerCache cache{milliseconds(2500)};
  AnswerCache::TimePoint now = std::chrono::steady_clock::now();
  int status = 200;
  int calls = 0;
  std::string padding;
};

TEST_F(AnswerCacheTest, ReusesAResponseUntilItExpires) {
  EXPECT_EQ(Ask("/api/flows").body, "1");
  now += milliseconds(2499);
  EXPECT_EQ(Ask("/api/flows").body, "1");
  now += milliseconds(1);
  EXPECT_EQ(Ask("/api/flows").body, "2");
}

TEST_F(AnswerCacheTest, DistinguishesPathsAndQueries) {
  EXPECT_EQ(Ask("/api/flows").body, "1");
  EXPECT_EQ(Ask("/api/flows", {{"limit", "1"}}).body, "2");
  EXPECT_EQ(Ask("/api/flows", {{"limit", "2"}}).body, "3");
  EXPECT_EQ(Ask("/api/traffic/a/current").body, "4");
  EXPECT_EQ(Ask("/api/flows", {{"a", "b\n1 c"}}).body, "5");
  EXPECT_EQ(Ask("/api/flows", {{"a", "b"}, {"c", ""}}).body, "6");
  EXPECT_EQ(Ask("/api/flows", {{"limit", "1"}}).body, "2");
}

TEST_F(AnswerCacheTest, SetsMaxAge) {
  EXPECT_EQ(CacheControl(Ask("/api/flows")), "private, max-age=2");
  now += milliseconds(1000);
  EXPECT_EQ(CacheControl(Ask("/api/flows")), "private, max-age=1");
  now += milliseconds(1000);
  EXPECT_EQ(CacheControl(Ask("/api/flows")), "no-store");
}

TEST_F(AnswerCacheTest, DoesNotCacheErrors) {
  status = 503;
  EXPECT_EQ(Ask("/api/flows").body, "1");
  status = 200;
  EXPECT_EQ(Ask("/api/flows").body, "2");
}

TEST_F(AnswerCacheTest, LimitsItsSize) {
  padding.resize(AnswerCache::kMaxBytes / 4);
  for (int i = 0; i < 5; ++i) Ask("/api/" + std::to_string(i));
  // The fourth did not fit in addition to the first three, which were removed.
  calls = 100;
  EXPECT_EQ(Ask("/api/0").body.substr(0, 3), "101");
  EXPECT_EQ(Ask("/api/4").body[0], '5');
  padding.clear();
  for (size_t i = 0; i <= AnswerCache::kMaxAnswers; ++i) {
    Ask("/api/many/" + std::to_string(i));
  }
  calls = 1000;
  EXPECT_EQ(Ask("/api/many/0").body, "1001");
}

TEST_F(AnswerCacheTest, CachesOnlyGetRoutesOfTheApi) {
  int asked = 0;
  const auto handler = [&asked](const HttpRequest&) {
    ++asked;
    HttpResponse response;
    response.content_type = "application/json";
    return response;
  };
  const auto calls_of = [&](const std::string& method, const std::string& path,
                            milliseconds keep) {
    const auto routes = WithAnswerCache({{method, path, "", handler}}, keep);
    asked = 0;
    for (int i = 0; i < 3; ++i) routes.at(0).handler(HttpRequest());
    return asked;
  };
  constexpr milliseconds kLong{3'600'000};
  EXPECT_EQ(calls_of("GET", "/api/flows", kLong), 1);
  EXPECT_EQ(calls_of("GET", "/api/flows", milliseconds(0)), 3);
  EXPECT_EQ(calls_of("POST", "/api/traffic/update", kLong), 3);
  EXPECT_EQ(calls_of("GET", "/metrics", kLong), 3);
}

}  // namespace
}  // namespace ntm
