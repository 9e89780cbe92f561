// Decides whether a request may have its route: the only place that does.
//
// Shape    a route's class (route.h) and what is configured give the rule:
//            kOpen     everybody, always
//            kMetrics  credentials, where users are configured; else everybody
//            kNames, kCompute
//                      credentials, where any are configured; else peers on
//                      this machine and in the local networks only
//            kWrite    the same, and a token
//            kControl  the same, and a token; without one only where none is
//                      configured, from this machine itself, and unless the
//                      configuration asks for tokens always
//            kOwn      the handler asks itself
//          A user is one of the configuration's, with its password; a token may
//          stand as a bearer or as the password of any user, which is how a
//          browser can show it. A request that was forwarded comes from
//          nowhere near. Where nothing but a bearer would help, or one was
//          shown, the refusal names no other way: a browser then leaves asking
//          for it to the page.
//          A name in Host must be known where nothing is asked for, so that a
//          page of elsewhere cannot reach here under its own name; of the
//          metrics on loopback alone, for scrapers elsewhere know names that
//          we do not. An Origin must be that of Host. Neither matters to kOpen
//          and kOwn.
//          Once it is warned of requests that seem to be a proxy's which does
//          not say for whom they are.
// Threads  the judging functions from any number; the setters at any time, too.
// Errors   none; a refusal says what to do, and nothing of what is configured.
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
  // For Host, beside addresses, localhost and this machine's name; lower case.
  std::vector<std::string> host_names;
};

class AccessRule {
 public:
  explicit AccessRule(AccessSettings settings);
  ~AccessRule();
  AccessRule(const AccessRule&) = delete;
  AccessRule& operator=(const AccessRule&) = delete;

  void Set(AccessSettings settings);
  void SetLocalNetworks(std::shared_ptr<const LocalNetworks> networks);

  struct Judgement {
    // The answer that the request gets in place of the route's; nothing if it
    // may have that.
    std::optional<HttpResponse> refusal;
    // Nothing is said yet: a password must be hashed for that.
    bool must_hash = false;
  };
  Judgement AtOnce(const Route& route, const HttpRequest& request) const;

  // What AtOnce() has left open. Checks the password with crypt(3), which takes
  // as long as its hash was made to take: not on a thread that serves others.
  std::optional<HttpResponse> AfterHash(const Route& route,
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
