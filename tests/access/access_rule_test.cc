#include "ntm/access/access_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "refusal_of.h"

namespace ntm {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// bcrypt of "secret word", with the lowest cost.
constexpr char kHash[] =
    "$2b$04$m6eFtdPQk19xawdt8YgwfeQuH/D16XOmw5.xwY2cWTZDFGYi3SAJy";
constexpr char kUser[] = "Basic YWxpY2U6c2VjcmV0IHdvcmQ=";  // alice
constexpr char kWrongUser[] = "Basic YWxpY2U6c2VjcmV0IHdvcms=";
constexpr char kUnknownUser[] = "Basic Ym9iOnNlY3JldCB3b3Jk";
constexpr char kToken[] = "Bearer token-1";
constexpr char kTokenAsPassword[] = "Basic OnRva2VuLTE=";

constexpr char kThisMachine[] = "127.0.0.1";
constexpr char kLocalPeer[] = "192.168.7.9";
constexpr char kRemotePeer[] = "203.0.113.9";

AccessSettings WithUser() {
  AccessSettings settings;
  settings.users["alice"] = kHash;
  return settings;
}

AccessSettings WithToken() {
  AccessSettings settings;
  settings.tokens = {DigestOf("token-0"), DigestOf("token-1")};
  return settings;
}

HttpRequest From(const char* peer, const char* authorization = "") {
  HttpRequest request;
  request.peer_address = peer;
  request.headers["host"] = "192.0.2.1:8000";
  if (*authorization != '\0') request.headers["authorization"] = authorization;
  return request;
}

// The status of the refusal; 0 if the request is allowed.
int Status(const AccessRule& rule, Access access, const HttpRequest& request) {
  const Route route{"POST", "/x", "", nullptr, access};
  const auto refusal = RefusalOf(rule, route, request);
  return refusal ? refusal->status : 0;
}

// The WWW-Authenticate header of the refusal, or "".
std::string Challenge(const AccessRule& rule, const char* method,
                      const HttpRequest& request) {
  const auto refusal = RefusalOf(rule, {method, "/x", "", nullptr}, request);
  if (!refusal) return "";
  const auto found =
      std::ranges::find(refusal->headers, "WWW-Authenticate",
                        &std::pair<std::string, std::string>::first);
  return found == refusal->headers.end() ? "" : found->second;
}

TEST(AccessRuleTest, RoutesHaveTheStrictClassOfTheirMethodByDefault) {
  EXPECT_EQ(AccessOf({"GET", "/x", "", nullptr}), Access::kNames);
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "ODD"}) {
    EXPECT_EQ(AccessOf({method, "/x", "", nullptr}), Access::kWrite);
  }
  EXPECT_EQ(AccessOf({"POST", "/x", "", nullptr, Access::kCompute}),
            Access::kCompute);
}

TEST(AccessRuleTest, WithoutCredentialsOnlyLocalPeersSeeNames) {
  const AccessRule rule{{}};
  for (const Access access : {Access::kNames, Access::kCompute}) {
    EXPECT_EQ(Status(rule, access, From(kThisMachine)), 0);
    EXPECT_EQ(Status(rule, access, From("::1")), 0);
    EXPECT_EQ(Status(rule, access, From(kLocalPeer)), 0);
    EXPECT_EQ(Status(rule, access, From(kRemotePeer)), 403);
    EXPECT_EQ(Status(rule, access, From("2001:db8::9")), 403);
    EXPECT_EQ(Status(rule, access, From("")), 403);
  }
  EXPECT_EQ(Status(rule, Access::kMetrics, From(kRemotePeer)), 0);
  EXPECT_EQ(Status(rule, Access::kOpen, From(kRemotePeer)), 0);
  EXPECT_EQ(Status(rule, Access::kOwn, From(kRemotePeer)), 0);
}

TEST(AccessRuleTest, LocalNetworksDecideWhoIsLocal) {
  AccessRule rule{{}};
  rule.SetLocalNetworks(std::make_shared<const LocalNetworks>(
      std::vector<Network>{*ParseNetwork("203.0.113.0/24")}));
  EXPECT_EQ(Status(rule, Access::kNames, From(kRemotePeer)), 0);
  EXPECT_EQ(Status(rule, Access::kNames, From(kLocalPeer)), 403);
  EXPECT_EQ(Status(rule, Access::kNames, From(kThisMachine)), 0);
  // Link-local addresses may be on any link, for example a provider's.
  EXPECT_EQ(Status(rule, Access::kNames, From("fe80::1")), 403);
  EXPECT_EQ(Status(rule, Access::kNames, From("169.254.1.1")), 403);
}

TEST(AccessRuleTest, ForwardedRequestsAreNotLocal) {
  const AccessRule rule{{}};
  for (const char* header :
       {"x-forwarded-for", "forwarded", "via", "x-real-ip"}) {
    HttpRequest request = From(kThisMachine);
    request.headers[header] = "127.0.0.1";
    EXPECT_EQ(Status(rule, Access::kNames, request), 403) << header;
    EXPECT_EQ(Status(rule, Access::kControl, request), 403) << header;
    EXPECT_EQ(Status(rule, Access::kMetrics, request), 0) << header;
  }
}

TEST(AccessRuleTest, RefusalsNameTheRemedy) {
  const AccessRule rule{{}};
  const Route route{"GET", "/x", "", nullptr};
  const auto refusal = RefusalOf(rule, route, From(kRemotePeer));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->content_type, "application/json");
  EXPECT_THAT(refusal->body, HasSubstr("--web.config.file"));
  EXPECT_THAT(refusal->body, HasSubstr("--local-net"));
}

TEST(AccessRuleTest, EveryRouteButOpenOnesNeedsAUser) {
  for (const Access access :
       {Access::kMetrics, Access::kNames, Access::kCompute, Access::kControl}) {
    const AccessRule rule(WithUser());
    for (const char* wrong : {"", kWrongUser, kUnknownUser, kToken, "Basic !",
                              "Bearer secret word", "Digest x"}) {
      EXPECT_EQ(Status(rule, access, From(kThisMachine, wrong)), 401) << wrong;
    }
    EXPECT_EQ(Status(rule, access, From(kThisMachine, kUser)), 0);
  }
  const AccessRule rule(WithUser());
  EXPECT_EQ(Status(rule, Access::kNames, From(kRemotePeer, kUser)), 0);
  EXPECT_EQ(Status(rule, Access::kOpen, From(kRemotePeer)), 0);
}

TEST(AccessRuleTest, JudgeLeavesHashingToJudgeWithHash) {
  const AccessRule rule(WithUser());
  const Route route{"GET", "/x", "", nullptr};
  const auto judged = rule.Judge(route, From(kRemotePeer, kUser));
  EXPECT_TRUE(judged.must_hash);
  EXPECT_FALSE(judged.refusal);
  EXPECT_FALSE(rule.JudgeWithHash(route, From(kRemotePeer, kUser)));
  EXPECT_FALSE(rule.Judge(route, From(kRemotePeer, kUser)).must_hash);
  EXPECT_TRUE(rule.Judge(route, From(kRemotePeer, kWrongUser)).must_hash);
  EXPECT_EQ(rule.JudgeWithHash(route, From(kRemotePeer, kWrongUser))->status,
            401);
  EXPECT_EQ(rule.Judge(route, From(kRemotePeer)).refusal->status, 401);
}

TEST(AccessRuleTest, RequestsCredentialsInTheResponse) {
  EXPECT_THAT(Challenge(AccessRule(WithUser()), "GET", From(kThisMachine)),
              AllOf(HasSubstr("Basic realm="), HasSubstr("Bearer realm=")));
}

TEST(AccessRuleTest, OffersOnlyBearerIfATokenIsMissing) {
  AccessSettings settings = WithUser();
  settings.tokens = WithToken().tokens;
  const AccessRule rule(settings);
  EXPECT_EQ(Challenge(rule, "POST", From(kThisMachine, kUser)),
            R"(Bearer realm="ntm")");
  EXPECT_EQ(Challenge(rule, "GET", From(kThisMachine, "Bearer token-2")),
            R"(Bearer realm="ntm")");
  EXPECT_THAT(Challenge(rule, "POST", From(kThisMachine)),
              HasSubstr("Basic realm="));
}

TEST(AccessRuleTest, TheApiNeedsATokenAndTheMetricsDoNot) {
  const AccessRule rule(WithToken());
  for (const Access access :
       {Access::kNames, Access::kCompute, Access::kWrite}) {
    for (const char* wrong : {"", "Bearer token-2", "Bearer token-",
                              "Bearer token-11", "Bearer ", kUser}) {
      EXPECT_EQ(Status(rule, access, From(kThisMachine, wrong)), 401) << wrong;
    }
    for (const char* peer : {kThisMachine, kLocalPeer, kRemotePeer}) {
      EXPECT_EQ(Status(rule, access, From(peer, kToken)), 0);
      EXPECT_EQ(Status(rule, access, From(peer, kTokenAsPassword)), 0);
      EXPECT_EQ(Status(rule, access, From(peer, "Bearer token-0")), 0);
    }
  }
  EXPECT_EQ(Status(rule, Access::kMetrics, From(kRemotePeer)), 0);
}

TEST(AccessRuleTest, AUserMayNotWriteIfTokensAreConfigured) {
  AccessSettings settings = WithToken();
  settings.users["alice"] = kHash;
  const AccessRule rule(settings);
  EXPECT_EQ(Status(rule, Access::kNames, From(kRemotePeer, kUser)), 0);
  EXPECT_EQ(Status(rule, Access::kWrite, From(kThisMachine, kUser)), 401);
  EXPECT_EQ(Status(rule, Access::kWrite, From(kRemotePeer, kToken)), 0);
  EXPECT_EQ(Status(rule, Access::kMetrics, From(kRemotePeer, kToken)), 0);
}

TEST(AccessRuleTest, EveryWriteNeedsAToken) {
  const AccessRule rule{{}};
  for (const char* peer : {kThisMachine, "::1", kLocalPeer, kRemotePeer}) {
    EXPECT_EQ(Status(rule, Access::kWrite, From(peer)), 403) << peer;
  }
  const AccessRule users(WithUser());
  EXPECT_EQ(Status(users, Access::kWrite, From(kThisMachine, kUser)), 403);
  const AccessRule tokens(WithToken());
  EXPECT_EQ(Status(tokens, Access::kWrite, From(kThisMachine)), 401);
  EXPECT_EQ(Status(tokens, Access::kWrite, From(kRemotePeer, kToken)), 0);
}

TEST(AccessRuleTest, WithoutATokenOnlyThisMachineHasControl) {
  const AccessRule rule{{}};
  EXPECT_EQ(Status(rule, Access::kControl, From(kThisMachine)), 0);
  EXPECT_EQ(Status(rule, Access::kControl, From(kLocalPeer)), 403);
  EXPECT_EQ(Status(rule, Access::kControl, From(kRemotePeer)), 403);
  const AccessRule users(WithUser());
  EXPECT_EQ(Status(users, Access::kControl, From(kLocalPeer, kUser)), 403);
}

TEST(AccessRuleTest, ControlNeedsATokenIfEveryWriteDoes) {
  AccessSettings settings;
  settings.writes_need_token = true;
  EXPECT_EQ(Status(AccessRule(settings), Access::kControl, From(kThisMachine)),
            403);
  EXPECT_EQ(Status(AccessRule(settings), Access::kNames, From(kThisMachine)),
            0);
  settings.tokens = WithToken().tokens;
  EXPECT_EQ(Status(AccessRule(settings), Access::kControl, From(kThisMachine)),
            401);
  EXPECT_EQ(Status(AccessRule(settings), Access::kControl,
                   From(kThisMachine, kToken)),
            0);
}

TEST(AccessRuleTest, ClientsWithACertificateNeedNothingElse) {
  AccessSettings settings;
  settings.clients_are_certified = true;
  EXPECT_EQ(Status(AccessRule(settings), Access::kNames, From(kRemotePeer)), 0);
  EXPECT_EQ(Status(AccessRule(settings), Access::kWrite, From(kRemotePeer)),
            403);
  settings.users["alice"] = kHash;
  EXPECT_EQ(Status(AccessRule(settings), Access::kNames, From(kRemotePeer)),
            401);
}

TEST(AccessRuleTest, RefusesPagesOfOtherSites) {
  const AccessRule open{{}};
  const AccessRule users(WithUser());
  for (const char* origin :
       {"http://evil.example", "null", "http://192.0.2.1", "file://",
        "http://192.0.2.1:8001", "https://192.0.2.1:8000.evil.example"}) {
    HttpRequest request = From(kThisMachine, kUser);
    request.headers["origin"] = origin;
    for (const Access access :
         {Access::kMetrics, Access::kNames, Access::kCompute, Access::kWrite,
          Access::kControl}) {
      EXPECT_EQ(Status(open, access, request), 403) << origin;
      EXPECT_EQ(Status(users, access, request), 403) << origin;
    }
    EXPECT_EQ(Status(open, Access::kOpen, request), 0);
  }
  HttpRequest own = From(kThisMachine);
  own.headers["origin"] = "HTTP://192.0.2.1:8000";
  EXPECT_EQ(Status(open, Access::kControl, own), 0);
}

TEST(AccessRuleTest, UsesSecFetchSiteToDetectOtherSites) {
  const AccessRule rule{{}};
  HttpRequest request = From(kThisMachine);
  request.method = "GET";
  for (const Access access : {Access::kMetrics, Access::kNames}) {
    for (const char* site : {"cross-site", "same-site", "Cross-Site", "odd"}) {
      request.headers["sec-fetch-site"] = site;
      EXPECT_EQ(Status(rule, access, request), 403) << site;
    }
    for (const char* site : {"same-origin", "none"}) {
      request.headers["sec-fetch-site"] = site;
      EXPECT_EQ(Status(rule, access, request), 0) << site;
    }
  }
  // A user who follows a link from another site gets the page.
  request.headers["sec-fetch-site"] = "cross-site";
  request.headers["sec-fetch-mode"] = "navigate";
  EXPECT_EQ(Status(rule, Access::kNames, request), 403);
  request.headers["sec-fetch-dest"] = "document";
  EXPECT_EQ(Status(rule, Access::kNames, request), 0);
  request.method = "POST";
  EXPECT_EQ(Status(rule, Access::kControl, request), 403);
}

TEST(AccessRuleTest, RefusesUnknownHostNamesWithoutCredentials) {
  AccessSettings settings;
  settings.host_names = {"metrics.example.org"};
  const AccessRule rule(settings);
  HttpRequest request = From(kThisMachine);
  for (const char* host :
       {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
        "metrics.example.org.x", "a:b:c", "[::1"}) {
    request.headers["host"] = host;
    EXPECT_EQ(Status(rule, Access::kNames, request), 403) << host;
    EXPECT_EQ(Status(rule, Access::kControl, request), 403) << host;
    // From this machine it may be DNS rebinding by another site's page; from
    // other machines it may be Prometheus, which uses a name unknown here.
    EXPECT_EQ(Status(rule, Access::kMetrics, request), 403) << host;
    request.peer_address = kRemotePeer;
    EXPECT_EQ(Status(rule, Access::kMetrics, request), 0) << host;
    request.peer_address = kThisMachine;
  }
  for (const char* host : {"localhost", "localhost:8000", "127.0.0.1",
                           "[::1]:8000", "METRICS.example.org.:80"}) {
    request.headers["host"] = host;
    EXPECT_EQ(Status(rule, Access::kNames, request), 0) << host;
    EXPECT_EQ(Status(rule, Access::kMetrics, request), 0) << host;
  }
  settings = WithUser();
  request = From(kRemotePeer, kUser);
  request.headers["host"] = "behind.a.proxy";
  EXPECT_EQ(Status(AccessRule(settings), Access::kNames, request), 0);
  request.peer_address = kThisMachine;
  EXPECT_EQ(Status(AccessRule(settings), Access::kMetrics, request), 0);
}

TEST(AccessRuleTest, ChangesSettingsWhileItRuns) {
  AccessRule rule{{}};
  rule.Set(WithUser());
  EXPECT_EQ(Status(rule, Access::kNames, From(kThisMachine)), 401);
  EXPECT_EQ(Status(rule, Access::kNames, From(kThisMachine, kUser)), 0);
  AccessSettings other = WithUser();
  other.users = {{"carol", kHash}};
  rule.Set(other);
  EXPECT_EQ(Status(rule, Access::kNames, From(kThisMachine, kUser)), 401);
  rule.Set({});
  EXPECT_EQ(Status(rule, Access::kNames, From(kThisMachine)), 0);
}

}  // namespace
}  // namespace ntm
