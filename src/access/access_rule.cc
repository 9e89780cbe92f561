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

using Shown = PasswordCheck::Result;

// What judging may cost: with kHash a password is hashed, for which AtOnce()
// has given leave.
enum class Cost : uint8_t { kNone, kHash };

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
                   "this name is not known to be this machine's; add it with "
                   "--web.allow-host");
}

HttpResponse TooMany() {
  HttpResponse response =
      JsonError(429, "too many passwords are being tried; wait a second");
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

  // Nothing if a password would have to be hashed for it, and may not.
  std::optional<Shown> UserOf(const HttpRequest& request, Cost cost) const {
    const auto shown = CredentialsIn(request.Header("authorization"));
    if (!shown || shown->is_bearer) return Shown::kWrong;
    if (cost == Cost::kHash) return passwords->Hash(shown->user, shown->secret);
    return passwords->AtOnce(request.peer_address, shown->user, shown->secret,
                             std::chrono::steady_clock::now());
  }

  Judgement WithoutCredentials(const HttpRequest& request, Cost cost) const;
  std::optional<HttpResponse> WithoutToken(Access access,
                                           const HttpRequest& request) const;
  Judgement JudgeMetrics(const HttpRequest& request, Cost cost) const;
  Judgement Judge(Access access, const HttpRequest& request, Cost cost) const;
};

// Refuses who shows none of the credentials that are asked for.
AccessRule::Judgement AccessRule::State::WithoutCredentials(
    const HttpRequest& request, Cost cost) const {
  if (settings.clients_are_certified && settings.users.empty()) return {};
  if (HasToken(request)) return {};
  const auto user = UserOf(request, cost);
  if (!user) return {std::nullopt, true};
  switch (*user) {
    case Shown::kRight:
      return {};
    case Shown::kTooMany:
      return {TooMany()};
    case Shown::kWrong:
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
                     "without a token this is taken from this machine only; "
                     "see --token-file");
  }
  return std::nullopt;
}

AccessRule::Judgement AccessRule::State::JudgeMetrics(
    const HttpRequest& request, Cost cost) const {
  if (!settings.users.empty()) return WithoutCredentials(request, cost);
  const bool is_known = settings.clients_are_certified ||
                        !IsThisMachine(request) ||
                        AsksForUs(request, machine_name, settings.host_names);
  if (!is_known) return {UnknownName()};
  return {};
}

AccessRule::Judgement AccessRule::State::Judge(Access access,
                                               const HttpRequest& request,
                                               Cost cost) const {
  if (access == Access::kOpen || access == Access::kOwn) return {};
  if (IsCrossSite(request)) {
    return {JsonError(403, "a page of another site may not ask this")};
  }
  if (access == Access::kMetrics) return JudgeMetrics(request, cost);
  if (AsksForCredentials()) {
    Judgement judged = WithoutCredentials(request, cost);
    if (judged.refusal || judged.must_hash) return judged;
  } else if (!AsksForUs(request, machine_name, settings.host_names)) {
    return {UnknownName()};
  } else if (IsForwarded(request) || !IsPeerIn(*networks, request)) {
    if (!IsThisMachine(request) || IsForwarded(request)) {
      return {JsonError(
          403,
          "without credentials this is for this machine and its local networks "
          "only; see --web.config.file, --token-file and --local-net")};
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

AccessRule::Judgement AccessRule::AtOnce(const Route& route,
                                         const HttpRequest& request) const {
  const auto state = Current();
  const Access access = AccessOf(route);
  Judgement judged = state->Judge(access, request, Cost::kNone);
  const bool is_trusted = !judged.refusal && !judged.must_hash &&
                          access != Access::kOpen && access != Access::kOwn &&
                          !state->AsksForCredentials();
  if (is_trusted && IsAsOfAProxy(request, state->machine_name)) {
    WarnOfProxy(request);
  }
  return judged;
}

std::optional<HttpResponse> AccessRule::AfterHash(
    const Route& route, const HttpRequest& request) const {
  return Current()->Judge(AccessOf(route), request, Cost::kHash).refusal;
}

bool AccessRule::IsLocal(const Address& peer) const {
  return Current()->networks->ChosenContain(peer);
}

void AccessRule::WarnOfProxy(const HttpRequest& request) const {
  if (has_warned_.exchange(true)) return;
  spdlog::warn(
      "http: a request from this machine asks for the host {}, as one of a "
      "reverse proxy would: whomever that serves counts as this machine, "
      "unless it adds X-Forwarded-For; docs/security.md has the lines",
      HostOf(request.Header("host")));
}

}  // namespace ntm
