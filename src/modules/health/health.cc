// The health of the network: TCP handshakes and retransmissions, name servers,
// ICMP errors, ARP conflicts.

#include <memory>

#include "families.h"
#include "ntm/module/module.h"
#include "ntm/module/other_runs.h"
#include "window.h"

namespace ntm::health {
namespace {

class Health final : public Module, public OtherRuns {
 public:
  std::string_view name() const noexcept override { return "health"; }
  bool runs_on_files() const noexcept override { return true; }

  void OnTick(const Tick& tick) override {
    if (!tick.snapshot->health.is_on) return;
    window_.Add(*tick.snapshot);
    tick.new_reports->health =
        std::make_shared<const HealthReport>(window_.Report());
  }

  void Expose(const Snapshot& fresh, Exposition& out) const override {
    if (!fresh.health.is_on) return;
    WriteTcp(fresh, &out);
    WriteDns(fresh, &out);
    WriteErrors(fresh.health, &out);
  }

 private:
  Window window_;
};

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Health>(); }

}  // namespace ntm::health
