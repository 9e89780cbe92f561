#include "connection.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "clean_text.h"
#include "moment.h"
#include "ntm/base/error.h"
#include "ntm/base/secret_file.h"
#include "ntm/http/http_target.h"

namespace ntm::top {
namespace {

constexpr int kHttpOk = 200;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kTooEarly = 503;

std::string TokenOf(const std::string& path) {
  const std::vector<std::string> tokens = ReadSecretLines(path, "--token-file");
  return tokens.empty() ? "" : tokens.front();
}

std::string WithoutScheme(const std::string& url) {
  return url.substr(url.find("://") + 3);
}

// Returns true iff an ntm answers there; throws if it refuses.
bool Answers(const LiveServer& server, std::string* why) {
  const LiveAnswer answer = LiveClient(server).Get("/api/live");
  const std::string fault = ReadFault(answer.body, Charset::kAscii);
  if (answer.status == kUnauthorized || answer.status == kForbidden) {
    throw Error(fmt::format(
        "{} refuses ({}){}{}; give it a token with --token-file", server.url,
        answer.status, fault.empty() ? "" : ": ", fault));
  }
  *why = answer.status == 0
             ? CleanText(answer.body, Charset::kAscii)
             : fmt::format("its answer to /api/live is {}", answer.status);
  if (answer.status == kTooEarly) return !fault.empty();
  return answer.status == kHttpOk &&
         ReadLive(answer.body, Charset::kAscii).is_live;
}

Connection ToUrl(const Wanted& wanted, const OwnServer& own_server) {
  if (own_server.capture_is_chosen) {
    throw Error(
        "ntm top: --url: the ntm there captures what it was told to; leave out "
        "the interface and the filter, or --url",
        kExitUsage);
  }
  HttpTarget target;
  try {
    target = ParseHttpUrl(wanted.url, "");
  } catch (const std::invalid_argument& error) {
    throw Error(std::string("ntm top: --url: ") + error.what() +
                    "; write http://HOST:8000",
                kExitUsage);
  }
  LiveServer server{target.url, "", wanted.ca_file, true};
  if (server.url.ends_with('/')) server.url.pop_back();
  if (!own_server.token_path.empty()) {
    if (!MayCarryToken(target)) {
      throw Error(wanted.url +
                  ": a token is not sent over plain HTTP; use https://, or a "
                  "tunnel");
    }
    server.token = TokenOf(own_server.token_path);
  }
  std::string why;
  if (!Answers(server, &why)) {
    throw Error(fmt::format("no ntm answers at {}: {}; check the address",
                            wanted.url, why));
  }
  return {server, WithoutScheme(server.url), nullptr};
}

// The ntm that runs here with these options, if there is one.
std::unique_ptr<LiveServer> Running(const OwnServer& own_server) {
  if (own_server.url.empty()) return nullptr;
  std::string token;
  // Without it, ntm says what is missing.
  if (!own_server.token_path.empty() && IsReadable(own_server.token_path)) {
    token = TokenOf(own_server.token_path);
  }
  std::vector<LiveServer> servers = {{own_server.url, token, "", true}};
  if (own_server.may_be_tls) {
    // On this machine nobody stands in between.
    servers.push_back(
        {"https" + own_server.url.substr(own_server.url.find(':')), token, "",
         false});
  }
  std::string why;
  for (const LiveServer& server : servers) {
    if (Answers(server, &why)) return std::make_unique<LiveServer>(server);
  }
  return nullptr;
}

}  // namespace

Connection Connect(const Wanted& wanted, const OwnServer& own_server) {
  if (!wanted.url.empty()) return ToUrl(wanted, own_server);
  if (!own_server.capture_is_chosen) {
    if (const auto server = Running(own_server)) {
      return {*server, WithoutScheme(server->url), nullptr};
    }
  }
  Connection connection;
  connection.own =
      std::make_unique<OwnCapture>(wanted.words, own_server.may_be_tls);
  connection.server = {connection.own->url(), connection.own->token(), "",
                       false};
  connection.where = "own capture";
  return connection;
}

}  // namespace ntm::top
