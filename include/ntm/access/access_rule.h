// Decides whether a request may use its route. No other code decides this.
//
// Shape    the route's access class (route.h) and the configuration give the
//          rule:
//            kOpen     everybody, always
//            kMetrics  credentials if users are configured; else everybody
//            kNames, kCompute
//                      credentials if any are configured; else only peers on
//                      this machine and in the local networks
//            kWrite    as kNames, and a token
//            kControl  as kNames, and a token. If no token is configured, and
//                      the configuration does not require tokens for every
//                      write, a request from this machine needs none
//            kOwn      the handler checks by itself
//          A user is one from the configuration, with a password. A token may
//          be sent as a bearer token or as the password of any user, so that a
//          browser can send it. A forwarded request is not local. If only a
//          bearer token would be accepted, or one was sent, WWW-Authenticate
//          offers Bearer alone: the browser then shows no password dialog, and
//          the page can ask for the token.
//          Where no credentials are required, the name in Host must be known:
//          this stops DNS rebinding, where another site's page reaches this
//          server under that site's name. For the metrics this is checked on
//          loopback only, because remote scrapers may use names that are
//          unknown here. Origin must match Host. Neither is checked for kOpen
//          and kOwn.
//          One warning is logged when requests seem to come from a reverse
//          proxy that does not add X-Forwarded-For.
// Threads  Judge() and JudgeWithHash() from any number of threads; the setters
//          at any time too.
// Errors   none; a refusal says what to do and reveals no configuration.
// Source   RFC 9110 sections 11.6.1 (401) and 15.5.4 (403), RFC 6454 (Origin).
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ntm/http/credentials.h"
#include "ntm/http/route.h"
#include "ntm/net/address.h"
#include "ntm/net/local_networks.h"

namespace ntm {

struct AccessSettings {
  // Names and hashes as crypt(3) takes them.
  std::map<std::string, std::string> users;
  std::vector<SecretDigest> tokens;
  bool writes_need_token = false;
  // Every client has shown a certificate, or it would not be connected.
  bool clients_are_certified = false;
  // Accepted in Host besides addresses, localhost and this machine's name;
  // lower case.
  std::vector<std::string> host_names;
};

// In the 429 response to a client whose password cannot be checked now.
inline constexpr char kTooManyPasswords[] =
    "too many passwords are being tried; wait a second";

class AccessRule {
 public:
  explicit AccessRule(AccessSettings settings);
  ~AccessRule();
  AccessRule(const AccessRule&) = delete;
  AccessRule& operator=(const AccessRule&) = delete;

  void Set(AccessSettings settings);
  void SetLocalNetworks(std::shared_ptr<const LocalNetworks> networks);

  struct Judgement {
    // The response to send instead of the route's; nothing if the request is
    // allowed.
    std::optional<HttpResponse> refusal;
    // Undecided: call JudgeWithHash(), because a password must be hashed.
    bool must_hash = false;
  };
  // Does not block.
  Judgement Judge(const Route& route, const HttpRequest& request) const;

  // Decides what Judge() left open. Checks the password with crypt(3), which is
  // slow by design: do not call it on a thread that serves other requests.
  std::optional<HttpResponse> JudgeWithHash(const Route& route,
                                            const HttpRequest& request) const;

  // Returns true iff the peer is in the local networks.
  bool IsLocal(const Address& peer) const;

 private:
  struct State;

  std::shared_ptr<const State> Current() const;

  void WarnOfProxy(const HttpRequest& request) const;

  mutable std::atomic<bool> has_warned_ = false;

  mutable std::mutex mutex_;
  std::shared_ptr<const State> state_;  // guarded by mutex_
};

}  // namespace ntm
