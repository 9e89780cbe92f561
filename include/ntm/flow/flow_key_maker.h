// Makes the key of a packet's flow, according to --labels and related options.
//
// An address that is not local becomes "internet" (collapse_remote); else it is
// replaced by its name (names) or its network (prefix), or stays.
//
// Threads  Make() and IsRenamed() by any thread, noexcept, without allocation;
//          the setters while nobody else calls anything.
// Errors   none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "ntm/decode/packet.h"
#include "ntm/flow/classify.h"
#include "ntm/flow/flow_key.h"
#include "ntm/flow/flow_label.h"
#include "ntm/flow/named_hosts.h"
#include "ntm/net/local_networks.h"

namespace ntm {

class FlowKeyMaker {
 public:
  explicit FlowKeyMaker(const FlowLabelOptions& options);

  bool wants_service() const noexcept { return wants_service_; }

  // Makes the packet's key and calls `use` with it once: with a FlowKey if
  // there are no extra labels, else with a FullKey. `use` accepts both, so that
  // the default labels cost no more than needed. `interface` as in FlowExtras.
  template <typename Use>
  void Make(const Frame& frame, const Packet& packet, const Classes& classes,
            uint16_t interface, const Use& use) const noexcept {
    if (way_ == Way::kUsualLabels) [[likely]] {
      use(FlowKey::Make(packet.src, packet.dst, packet.protocol,
                        classes.service));
    } else if (way_ == Way::kFewerLabels) {
      use(Masked(packet, classes.service));
    } else {
      use(Full(frame, packet, classes, interface));
    }
  }

  // Returns true iff packets of the flow would now count in another flow,
  // because one of its addresses has a name since.
  bool IsRenamed(const FlowKey& key) const noexcept;

  const FlowLabelOptions& options() const noexcept { return options_; }
  const std::shared_ptr<const LocalNetworks>& local_networks() const noexcept {
    return local_networks_;
  }
  const std::shared_ptr<const NamedHosts>& names() const noexcept {
    return names_;
  }

  // Never null.
  void set_local_networks(std::shared_ptr<const LocalNetworks> networks);
  // Null: no names are used.
  void set_names(std::shared_ptr<const NamedHosts> names);

 private:
  enum class Way : uint8_t {
    kUsualLabels,  // kPlainLabels of the addresses as they are
    kFewerLabels,  // some of these
    kFull,         // addresses are folded, or there are extra labels
  };

  void ChooseWay() noexcept;
  FlowKey Masked(const Packet& packet, ServiceId service) const noexcept {
    FlowKey key =
        FlowKey::Make(packet.src, packet.dst, packet.protocol, service);
    for (size_t i = 0; i < 2; ++i) {
      key.src[i] &= mask_.src[i];
      key.dst[i] &= mask_.dst[i];
    }
    key.rest &= mask_.rest;
    return key;
  }
  FullKey Full(const Frame& frame, const Packet& packet, const Classes& classes,
               uint16_t interface) const noexcept;
  Address Folded(const Address& address, const Address& peer,
                 const PrefixBits& prefix, int64_t time_ns) const noexcept;
  FlowExtras ExtrasOf(const Frame& frame, const Packet& packet,
                      ClassId traffic_class, uint16_t interface) const noexcept;

  // Constant after construction.
  FlowLabelOptions options_;
  bool wants_service_;
  bool wants_class_;
  bool wants_extras_;
  FlowKey mask_;  // all ones where a label is chosen

  Way way_ = Way::kFull;
  std::shared_ptr<const LocalNetworks> local_networks_;
  std::shared_ptr<const NamedHosts> names_;
};

}  // namespace ntm
