#include "ntm/access_rule.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <utility>

#include "ntm/json.h"
#include "password_check.h"
#include "request_origin.h"

namespace ntm {
namespace {

using Shown = PasswordCheck::Result;

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

  Shown UserOf(const HttpRequest& request) const {
    const auto shown = CredentialsIn(request.Header("authorization"));
    if (!shown || shown->is_bearer) return Shown::kWrong;
    return passwords->Check(shown->user, shown->secret,
                            std::chrono::steady_clock::now());
  }

  std::optional<HttpResponse> WithoutCredentials(
      const HttpRequest& request) const;
  std::optional<HttpResponse> WithoutToken(const HttpRequest& request) const;
  std::optional<HttpResponse> Refusal(Access access,
                                      const HttpRequest& request) const;
};

// Refuses who shows none of the credentials that are asked for.
std::optional<HttpResponse> AccessRule::State::WithoutCredentials(
    const HttpRequest& request) const {
  if (settings.clients_are_certified && settings.users.empty()) {
    return std::nullopt;
  }
  if (HasToken(request)) return std::nullopt;
  switch (UserOf(request)) {
    case Shown::kRight:
      return std::nullopt;
    case Shown::kTooMany:
      return TooMany();
    case Shown::kWrong:
      break;
  }
  const auto shown = CredentialsIn(request.Header("authorization"));
  return Unauthorized("credentials are missing or wrong",
                      shown && shown->is_bearer);
}

std::optional<HttpResponse> AccessRule::State::WithoutToken(
    const HttpRequest& request) const {
  if (HasToken(request)) return std::nullopt;
  if (!settings.tokens.empty()) {
    return Unauthorized("a token is missing or wrong; see --token-file", true);
  }
  if (settings.writes_need_token) {
    return JsonError(403, "this needs a token; see --token-file");
  }
  if (!IsThisMachine(request) || IsForwarded(request)) {
    return JsonError(403,
                     "without a token this is taken from this machine only; "
                     "see --token-file");
  }
  return std::nullopt;
}

std::optional<HttpResponse> AccessRule::State::Refusal(
    Access access, const HttpRequest& request) const {
  if (access == Access::kOpen || access == Access::kOwn) return std::nullopt;
  if (access == Access::kMetrics) {
    return settings.users.empty() ? std::nullopt : WithoutCredentials(request);
  }
  if (IsCrossSite(request)) {
    return JsonError(403, "a page of another site may not ask this");
  }
  if (AsksForCredentials()) {
    if (auto refusal = WithoutCredentials(request)) return refusal;
  } else if (!AsksForUs(request, machine_name, settings.host_names)) {
    return JsonError(403,
                     "this name is not known to be this machine's; add it with "
                     "--web.host-name");
  } else if (IsForwarded(request) || !IsPeerIn(*networks, request)) {
    if (!IsThisMachine(request) || IsForwarded(request)) {
      return JsonError(
          403,
          "without credentials this is for this machine and its local networks "
          "only; see --web.config.file, --token-file and --local-net");
    }
  }
  return access == Access::kWrite ? WithoutToken(request) : std::nullopt;
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

std::optional<HttpResponse> AccessRule::Refusal(
    const Route& route, const HttpRequest& request) const {
  return Current()->Refusal(AccessOf(route), request);
}

}  // namespace ntm
