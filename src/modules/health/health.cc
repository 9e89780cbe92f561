// The health of the network: TCP handshakes and retransmissions, name servers,
// ICMP errors, ARP conflicts.

#include <spdlog/spdlog.h>

#include <memory>

#include "families.h"
#include "ntm/flow/host_text.h"
#include "ntm/module/module.h"
#include "ntm/module/other_runs.h"
#include "window.h"

namespace ntm::health {
namespace {

constexpr int64_t kToldEveryNs = 60'000'000'000;

class Health final : public Module, public OtherRuns {
 public:
  std::string_view name() const noexcept override { return "health"; }
  bool runs_on_files() const noexcept override { return true; }

  void OnTick(const Tick& tick) override {
    if (!tick.snapshot->health.is_on) return;
    window_.Add(*tick.snapshot);
    tick.new_reports->health =
        std::make_shared<const HealthReport>(window_.Report());
    TellConflict(*tick.snapshot);
  }

  void Expose(const Snapshot& fresh, Exposition& out) const override {
    if (!fresh.health.is_on) return;
    WriteTcp(fresh, &out);
    WriteDns(fresh, &out);
    WriteErrors(fresh.health, &out);
  }

 private:
  // Once a minute: two devices may go on for hours.
  void TellConflict(const Snapshot& snapshot) {
    const uint64_t conflicts = snapshot.health.arp_conflicts;
    if (conflicts == told_conflicts_ ||
        snapshot.time_ns - told_ns_ < kToldEveryNs) {
      return;
    }
    told_conflicts_ = conflicts;
    told_ns_ = snapshot.time_ns;
    const auto& [address, first, second, time_ns] =
        snapshot.health.last_arp_conflict;
    const auto text = [&snapshot](const Address& shown) {
      return HostText(snapshot, shown, PrefixBits());
    };
    spdlog::warn(
        "two devices use the address {}: {} and {}; give one of them another "
        "address",
        text(address), text(first), text(second));
  }

  Window window_;
  uint64_t told_conflicts_ = 0;
  int64_t told_ns_ = 0;
};

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Health>(); }

}  // namespace ntm::health
