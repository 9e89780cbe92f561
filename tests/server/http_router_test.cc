#include "server/http_router.h"

#include <gtest/gtest.h>

#include <string>

namespace ntm {
namespace {

Route Say(std::string method, std::string path, std::string word) {
  return {std::move(method), std::move(path), "",
          [word](const HttpRequest& request) {
            HttpResponse response;
            response.body = word + ":" + request.segment;
            return response;
          }};
}

class HttpRouterTest : public testing::Test {
 protected:
  HttpResponse Ask(std::string method, std::string path) const {
    HttpRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    auto found = router_.Find(&request);
    return found.route != nullptr ? RunHandler(*found.route, request)
                                  : std::move(*found.refusal);
  }

  std::string Body(std::string method, std::string path) const {
    const HttpResponse response = Ask(std::move(method), std::move(path));
    return response.status == 200 ? response.body
                                  : std::to_string(response.status);
  }

  static std::string AllowedBy(const HttpResponse& response) {
    for (const auto& [name, value] : response.headers) {
      if (name == "Allow") return value;
    }
    return "";
  }

  HttpRouter router_{
      {Say("GET", "/a/{id}/now", "now"), Say("GET", "/a/summary/now", "exact"),
       Say("GET", "/b/{id}", "get"), Say("POST", "/b/new", "post"),
       Say("DELETE", "/b/{id}", "delete"), Say("GET", "/b/plain", "plain")}};
};

TEST_F(HttpRouterTest, SetsTheSegmentOfAPattern) {
  EXPECT_EQ(Body("GET", "/a/web1/now"), "now:web1");
  EXPECT_EQ(Body("HEAD", "/a/web1/now"), "now:web1");
  EXPECT_EQ(Body("GET", "/a/a b.c/now"), "now:a b.c");
  EXPECT_EQ(Body("GET", "/b/x"), "get:x");
  EXPECT_EQ(Body("DELETE", "/b/x"), "delete:x");
}

TEST_F(HttpRouterTest, BracesInARequestAreAnOrdinarySegment) {
  EXPECT_EQ(Body("GET", "/a/{id}/now"), "now:{id}");
}

TEST_F(HttpRouterTest, PrefersExactPathsToPatterns) {
  EXPECT_EQ(Body("GET", "/a/summary/now"), "exact:");
  EXPECT_EQ(Body("GET", "/b/plain"), "plain:");
}

TEST_F(HttpRouterTest, FindsTheMethodOfAPatternBesideAnExactPathOfAnother) {
  EXPECT_EQ(Body("GET", "/b/new"), "get:new");
  EXPECT_EQ(Body("POST", "/b/new"), "post:");
}

TEST_F(HttpRouterTest, MatchesNoEmptyOrDoubleSegment) {
  for (const char* path : {"/a//now", "/a/now", "/a/x/y/now", "/a/x/now/",
                           "/a/x/nows", "/b/", "/b", "/b/x/y", "/"}) {
    EXPECT_EQ(Body("GET", path), "404") << path;
  }
}

TEST_F(HttpRouterTest, RefusesAnotherMethodAndListsTheAllowedOnes) {
  EXPECT_EQ(Ask("POST", "/a/x/now").status, 405);
  EXPECT_EQ(AllowedBy(Ask("POST", "/a/x/now")), "GET, HEAD");
  EXPECT_EQ(Ask("POST", "/a/summary/now").status, 405);
  EXPECT_EQ(AllowedBy(Ask("PUT", "/b/new")), "GET, HEAD, POST, DELETE");
  EXPECT_EQ(AllowedBy(Ask("POST", "/b/x")), "GET, HEAD, DELETE");
}

}  // namespace
}  // namespace ntm
