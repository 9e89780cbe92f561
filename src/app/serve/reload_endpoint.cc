#include "reload_endpoint.h"

#include <chrono>

#include "ntm/http/json.h"

namespace ntm {
namespace {

constexpr std::chrono::seconds kReloadWithin{10};

}  // namespace

Route ReloadEndpoint::MakeRoute() {
  return {"POST",
          "/-/reload",
          "",
          [this](const HttpRequest&) { return Ask(); },
          Access::kControl,
          /*may_block=*/true};
}

bool ReloadEndpoint::IsAsked() const {
  const std::scoped_lock lock(mutex_);
  return asked_ > done_;
}

void ReloadEndpoint::Answer(const std::string& error) {
  const std::scoped_lock lock(mutex_);
  done_ = asked_;
  error_ = error;
  answered_.notify_all();
}

void ReloadEndpoint::Close() {
  const std::scoped_lock lock(mutex_);
  closed_ = true;
  answered_.notify_all();
}

HttpResponse ReloadEndpoint::Ask() {
  std::unique_lock lock(mutex_);
  const uint64_t own = ++asked_;
  const bool done = answered_.wait_for(lock, kReloadWithin,
                                       [&] { return closed_ || done_ >= own; });
  if (!done || closed_) return JsonError(503, "ntm is stopping or busy");
  if (!error_.empty()) return JsonError(500, error_);
  HttpResponse response;
  response.body = "reloaded\n";
  return response;
}

}  // namespace ntm
