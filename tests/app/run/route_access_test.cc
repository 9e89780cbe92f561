// Checks every route of the program against its access class. New routes are
// included automatically.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "app/host/module_host.h"
#include "app/run/modules.h"
#include "ntm/access/access_rule.h"
#include "options_fixture.h"
#include "refusal_of.h"

namespace ntm {
namespace {

constexpr char kFar[] = "203.0.113.9";

class RouteAccessTest : public OptionsTest {
 protected:
  void SetUp() override {
    OptionsTest::SetUp();
    setenv("STATE_DIRECTORY", folder_.c_str(), 1);
    modules_ = MakeModules();
    Parse({"--no-database"});
    host_ = std::make_unique<ModuleHost>(
        ModuleHostOptions{}, std::move(modules_),
        [] { return std::make_shared<const Snapshot>(); });
    host_->Open();
    host_->Start();
    routes_ = host_->Routes();
    ASSERT_GT(routes_.size(), 10U);
  }
  void TearDown() override {
    host_.reset();
    unsetenv("STATE_DIRECTORY");
    OptionsTest::TearDown();
  }

  static int Status(const AccessSettings& settings, const Route& route,
                    const char* authorization = "") {
    HttpRequest request;
    request.method = route.method;
    request.path = route.path;
    request.peer_address = kFar;
    request.headers["host"] = "192.0.2.1";
    if (*authorization != '\0') {
      request.headers["authorization"] = authorization;
    }
    const auto refusal = RefusalOf(AccessRule(settings), route, request);
    return refusal ? refusal->status : 0;
  }

  std::set<std::string> PathsOf(Access access) const {
    std::set<std::string> paths;
    for (const Route& route : routes_) {
      if (AccessOf(route) == access) paths.insert(route.path);
    }
    return paths;
  }

  std::vector<Route> routes_;
  std::unique_ptr<ModuleHost> host_;
};

TEST_F(RouteAccessTest, OnlyTheseAreOpen) {
  EXPECT_THAT(PathsOf(Access::kOpen),
              testing::ElementsAre("/-/healthy", "/-/ready"));
  EXPECT_THAT(PathsOf(Access::kMetrics), testing::ElementsAre("/metrics"));
  // Checks the agents' tokens itself.
  EXPECT_THAT(PathsOf(Access::kOwn),
              testing::IsSubsetOf({"/api/traffic/update"}));
}

TEST_F(RouteAccessTest, EveryPostIsAWriteUnlessItOnlyComputes) {
  const std::set<std::string> calculates = {"/predict", "/predict/batch",
                                            "/allocate", "/qos/apply"};
  for (const Route& route : routes_) {
    if (route.method == "GET") continue;
    const Access access = AccessOf(route);
    if (calculates.contains(route.path)) {
      EXPECT_EQ(access, Access::kCompute) << route.path;
    } else if (access != Access::kOwn) {
      EXPECT_EQ(access, Access::kWrite) << route.path;
    }
  }
}

TEST_F(RouteAccessTest, WithoutCredentialsARemotePeerGetsNoName) {
  for (const Route& route : routes_) {
    const Access access = AccessOf(route);
    const bool is_free = access == Access::kOpen || access == Access::kOwn ||
                         access == Access::kMetrics;
    EXPECT_EQ(Status({}, route), is_free ? 0 : 403)
        << route.method << ' ' << route.path;
  }
}

TEST_F(RouteAccessTest, EveryWriteNeedsTheToken) {
  AccessSettings settings;
  settings.tokens = {DigestOf("right")};
  for (const Route& route : routes_) {
    if (AccessOf(route) != Access::kWrite) continue;
    EXPECT_EQ(Status(settings, route), 401) << route.path;
    EXPECT_EQ(Status(settings, route, "Bearer wrong"), 401) << route.path;
    EXPECT_EQ(Status(settings, route, "Bearer right"), 0) << route.path;
  }
}

TEST_F(RouteAccessTest, WithUsersEveryOtherRouteNeedsOne) {
  AccessSettings settings;
  settings.users["alice"] =
      "$2b$04$m6eFtdPQk19xawdt8YgwfeQuH/D16XOmw5.xwY2cWTZDFGYi3SAJy";
  for (const Route& route : routes_) {
    const Access access = AccessOf(route);
    const bool is_free = access == Access::kOpen || access == Access::kOwn;
    EXPECT_EQ(Status(settings, route), is_free ? 0 : 401)
        << route.method << ' ' << route.path;
  }
}

}  // namespace
}  // namespace ntm
