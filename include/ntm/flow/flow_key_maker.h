// Makes the key of a packet's flow, as --labels and its companions ask for it.
//
// Of an address: what is not local becomes "internet" (collapse_remote), else
// its name stands for it (names), else its network (prefix), else itself.
//
// Threads  Make() and Rename() by any thread, noexcept, without allocation;
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

  // Returns true iff Make() would be FlowKey::Make() and no more.
  bool is_plain() const noexcept { return is_plain_; }
  // Returns true iff it would be Masked() and no more.
  bool is_masked() const noexcept { return is_masked_; }
  bool wants_service() const noexcept { return wants_service_; }

  // The chosen ones of the usual labels.
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

  // `interface` as FlowExtras has it.
  FullKey Make(const Frame& frame, const Packet& packet, const Classes& classes,
               uint16_t interface) const noexcept;

  // Returns true iff the flow's packets would count in another one now, because
  // one of its addresses has got a name.
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
  // Null: addresses stay as they are.
  void set_names(std::shared_ptr<const NamedHosts> names);

 private:
  void ChooseWay() noexcept;
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

  bool is_plain_ = false;
  bool is_masked_ = false;
  std::shared_ptr<const LocalNetworks> local_networks_;
  std::shared_ptr<const NamedHosts> names_;
};

}  // namespace ntm
