#include "ntm/access/access_rule.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <utility>

#include "ntm/http/json.h"
#include "password_check.h"
#include "request_origin.h"

namespace ntm {
namespace {

using PasswordResult = PasswordCheck::Result;

// Whether a password may be hashed, which takes long.
enum class Hashing : uint8_t { kNotAllowed, kAllowed };

std::string MachineName() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

HttpResponse Unauthorized(const std::string& what, bool bearer_only) {
  HttpResponse response = JsonError(401, what);
  response.headers.emplace_back(
      "WWW-Authenticate",
      bearer_only
          ? R"(Bearer realm="ntm")"
          : R"(Basic realm="ntm", charset="UTF-8", Bearer realm="ntm")");
  return response;
}

HttpResponse UnknownName() {
  return JsonError(403,
                   "this host name is not known to be this machine's; add it "
                   "with --web.allow-host");
}

HttpResponse TooMany() {
  HttpResponse response = JsonError(429, kTooManyPasswords);
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace

struct AccessRule::State {
  AccessSettings settings;
  std::string machine_name;
  std::shared_ptr<const LocalNetworks> networks;
  std::shared_ptr<PasswordCheck> passwords;

  bool AsksForCredentials() const {
    return !settings.users.empty() || !settings.tokens.empty() ||
           settings.clients_are_certified;
  }

  bool HasToken(const HttpRequest& request) const {
    const auto shown = CredentialsIn(request.Header("authorization"));
    if (!shown) return false;
    const SecretDigest digest = DigestOf(shown->secret);
    bool is_one = false;
    for (const SecretDigest& token : settings.tokens) {
      is_one |= IsSame(digest, token);
    }
    return is_one;
  }

  // Returns nothing if a password must be hashed, but may not be.
  std::optional<PasswordResult> CheckUser(const HttpRequest& request,
                                          Hashing hashing) const {
    const auto shown = CredentialsIn(request.Header("authorization"));
    if (!shown || shown->is_bearer) return PasswordResult::kWrong;
    if (hashing == Hashing::kAllowed)
      return passwords->CheckHash(shown->user, shown->secret);
    return passwords->CheckKnown(request.peer_address, shown->user,
                                 shown->secret,
                                 std::chrono::steady_clock::now());
  }

  Judgement WithoutCredentials(const HttpRequest& request,
                               Hashing hashing) const;
  std::optional<HttpResponse> WithoutToken(Access access,
                                           const HttpRequest& request) const;
  Judgement JudgeMetrics(const HttpRequest& request, Hashing hashing) const;
  Judgement Judge(Access access, const HttpRequest& request,
                  Hashing hashing) const;
};

// Refuses a request without valid credentials.
AccessRule::Judgement AccessRule::State::WithoutCredentials(
    const HttpRequest& request, Hashing hashing) const {
  if (settings.clients_are_certified && settings.users.empty()) return {};
  if (HasToken(request)) return {};
  const auto user = CheckUser(request, hashing);
  if (!user) return {std::nullopt, true};
  switch (*user) {
    case PasswordResult::kRight:
      return {};
    case PasswordResult::kTooMany:
      return {TooMany()};
    case PasswordResult::kWrong:
      break;
  }
  const auto shown = CredentialsIn(request.Header("authorization"));
  return {Unauthorized("credentials are missing or wrong",
                       shown && shown->is_bearer)};
}

std::optional<HttpResponse> AccessRule::State::WithoutToken(
    Access access, const HttpRequest& request) const {
  if (HasToken(request)) return std::nullopt;
  if (!settings.tokens.empty()) {
    return Unauthorized("a token is missing or wrong; see --token-file", true);
  }
  if (access == Access::kWrite || settings.writes_need_token) {
    return JsonError(403, "this needs a token; see --token-file");
  }
  if (!IsThisMachine(request) || IsForwarded(request)) {
    return JsonError(403,
                     "without a token this is allowed from this machine only; "
                     "see --token-file");
  }
  return std::nullopt;
}

AccessRule::Judgement AccessRule::State::JudgeMetrics(
    const HttpRequest& request, Hashing hashing) const {
  if (!settings.users.empty()) return WithoutCredentials(request, hashing);
  const bool is_known =
      settings.clients_are_certified || !IsThisMachine(request) ||
      IsForThisServer(request, machine_name, settings.host_names);
  if (!is_known) return {UnknownName()};
  return {};
}

AccessRule::Judgement AccessRule::State::Judge(Access access,
                                               const HttpRequest& request,
                                               Hashing hashing) const {
  if (access == Access::kOpen || access == Access::kOwn) return {};
  if (IsCrossSite(request)) {
    return {JsonError(403, "a page of another site may not request this")};
  }
  if (access == Access::kMetrics) return JudgeMetrics(request, hashing);
  if (AsksForCredentials()) {
    Judgement judged = WithoutCredentials(request, hashing);
    if (judged.refusal || judged.must_hash) return judged;
  } else if (!IsForThisServer(request, machine_name, settings.host_names)) {
    return {UnknownName()};
  } else if (IsForwarded(request) || !IsPeerIn(*networks, request)) {
    if (!IsThisMachine(request) || IsForwarded(request)) {
      return {JsonError(
          403,
          "without credentials this is allowed from this machine and its local "
          "networks only; see --web.config.file, --token-file and "
          "--local-net")};
    }
  }
  const bool changes = access == Access::kWrite || access == Access::kControl;
  if (changes) return {WithoutToken(access, request)};
  return {};
}

AccessRule::AccessRule(AccessSettings settings) { Set(std::move(settings)); }

AccessRule::~AccessRule() = default;

void AccessRule::Set(AccessSettings settings) {
  auto state = std::make_shared<State>();
  state->machine_name = MachineName();
  const std::scoped_lock lock(mutex_);
  state->networks =
      state_ ? state_->networks : std::make_shared<const LocalNetworks>();
  const bool same_users = state_ && state_->settings.users == settings.users;
  state->passwords = same_users
                         ? state_->passwords
                         : std::make_shared<PasswordCheck>(settings.users);
  state->settings = std::move(settings);
  state_ = std::move(state);
}

void AccessRule::SetLocalNetworks(
    std::shared_ptr<const LocalNetworks> networks) {
  const std::scoped_lock lock(mutex_);
  auto state = std::make_shared<State>(*state_);
  state->networks = std::move(networks);
  state_ = std::move(state);
}

std::shared_ptr<const AccessRule::State> AccessRule::Current() const {
  const std::scoped_lock lock(mutex_);
  return state_;
}

AccessRule::Judgement AccessRule::Judge(const Route& route,
                                        const HttpRequest& request) const {
  const auto state = Current();
  const Access access = AccessOf(route);
  Judgement judged = state->Judge(access, request, Hashing::kNotAllowed);
  const bool is_trusted = !judged.refusal && !judged.must_hash &&
                          access != Access::kOpen && access != Access::kOwn &&
                          !state->AsksForCredentials();
  if (is_trusted && LooksLikeProxy(request, state->machine_name)) {
    WarnOfProxy(request);
  }
  return judged;
}

std::optional<HttpResponse> AccessRule::JudgeWithHash(
    const Route& route, const HttpRequest& request) const {
  return Current()->Judge(AccessOf(route), request, Hashing::kAllowed).refusal;
}

bool AccessRule::IsLocal(const Address& peer) const {
  return Current()->networks->ChosenContain(peer);
}

void AccessRule::WarnOfProxy(const HttpRequest& request) const {
  if (has_warned_.exchange(true)) return;
  spdlog::warn(
      "http: a request from this machine is for the host {}: it seems to come "
      "from a reverse proxy that does not add X-Forwarded-For, so all its "
      "clients count as this machine; docs/security.md shows how to configure "
      "the proxy",
      HostOf(request.Header("host")));
}

}  // namespace ntm
