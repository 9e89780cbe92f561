#include "ingress_link.h"

#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/tc_act/tc_mirred.h>
#include <net/if.h>
#include <netlink/cache.h>
#include <netlink/netlink.h>
#include <netlink/route/act/mirred.h>
#include <netlink/route/action.h>
#include <netlink/route/classifier.h>
#include <netlink/route/cls/u32.h>
#include <netlink/route/link.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/tc.h>
#include <sys/socket.h>
#include <xxhash.h>

#include <algorithm>

#include "netlink_check.h"

namespace ntm::qos {
namespace {

using MadeLink = std::unique_ptr<rtnl_link, decltype(&rtnl_link_put)>;
using Qdisc = std::unique_ptr<rtnl_qdisc, decltype(&rtnl_qdisc_put)>;
using Filter = std::unique_ptr<rtnl_cls, decltype(&rtnl_cls_put)>;
using Cache = std::unique_ptr<nl_cache, decltype(&nl_cache_free)>;

constexpr char kPrefix[] = "nti-";
constexpr char kWhat[] = "shape inbound traffic";
constexpr uint32_t kIngressHandle = TC_HANDLE(0xffff, 0);

int IndexOf(const std::string& name) {
  return static_cast<int>(if_nametoindex(name.c_str()));
}

Qdisc IngressOf(int interface_index) {
  Qdisc qdisc(rtnl_qdisc_alloc(), rtnl_qdisc_put);
  Check(qdisc ? 0 : -NLE_NOMEM, kWhat);
  rtnl_tc* tc = TC_CAST(qdisc.get());
  rtnl_tc_set_ifindex(tc, interface_index);
  rtnl_tc_set_parent(tc, TC_H_INGRESS);
  rtnl_tc_set_handle(tc, kIngressHandle);
  Check(rtnl_tc_set_kind(tc, "ingress"), kWhat);
  return qdisc;
}

}  // namespace

IngressLink::IngressLink() { Check(Connect(NETLINK_ROUTE, &socket_), kWhat); }

IngressLink::~IngressLink() = default;

std::string IngressLink::NameOf(const std::string& interface) {
  constexpr size_t kLongest = IF_NAMESIZE - 1;
  constexpr size_t kHashDigits = 8;
  const std::string name = kPrefix + interface;
  if (name.size() <= kLongest) return name;
  return fmt::format("{}{:08x}", name.substr(0, kLongest - kHashDigits),
                     XXH32(interface.data(), interface.size(), 0));
}

std::vector<IngressLink::Device> IngressLink::Devices() {
  nl_cache* raw = nullptr;
  Check(rtnl_link_alloc_cache(socket_.get(), AF_UNSPEC, &raw), kWhat);
  const Cache cache(raw, nl_cache_free);
  std::vector<Device> devices;
  for (nl_object* object = nl_cache_get_first(raw); object != nullptr;
       object = nl_cache_get_next(object)) {
    auto* link = reinterpret_cast<rtnl_link*>(object);
    const char* name = rtnl_link_get_name(link);
    const char* type = rtnl_link_get_type(link);
    Device device{rtnl_link_get_ifindex(link), name == nullptr ? "" : name};
    device.is_ifb = device.name.starts_with(kPrefix) && type != nullptr &&
                    std::string(type) == "ifb";
    devices.push_back(std::move(device));
  }
  return devices;
}

int IngressLink::TargetOf(int interface_index) {
  nl_cache* raw = nullptr;
  // Fails if the interface has no ingress qdisc or was removed.
  if (rtnl_cls_alloc_cache(socket_.get(), interface_index, kIngressHandle,
                           &raw) < 0) {
    return 0;
  }
  const Cache cache(raw, nl_cache_free);
  for (nl_object* object = nl_cache_get_first(raw); object != nullptr;
       object = nl_cache_get_next(object)) {
    auto* filter = reinterpret_cast<rtnl_cls*>(object);
    const char* kind = rtnl_tc_get_kind(TC_CAST(filter));
    if (kind == nullptr || std::string(kind) != "u32") continue;
    rtnl_act* action = rtnl_u32_get_action(filter);
    if (action == nullptr) continue;
    const char* what = rtnl_tc_get_kind(TC_CAST(action));
    const bool redirects = what != nullptr && std::string(what) == "mirred";
    const int target =
        redirects ? static_cast<int>(rtnl_mirred_get_ifindex(action)) : 0;
    if (target != 0) return target;
  }
  return 0;
}

int IngressLink::SetUp(const std::string& interface, bool replace) {
  const std::string name = NameOf(interface);
  Remove(interface);
  if (IndexOf(name) != 0) {
    throw Error("cannot shape inbound traffic: the device " + name +
                " exists and does not belong to " + interface + "; remove it");
  }
  const int index = IndexOf(interface);
  const Qdisc ingress = IngressOf(index);
  int error =
      rtnl_qdisc_add(socket_.get(), ingress.get(), NLM_F_CREATE | NLM_F_EXCL);
  if (error == -NLE_EXIST && replace) {
    rtnl_qdisc_delete(socket_.get(), ingress.get());
    error =
        rtnl_qdisc_add(socket_.get(), ingress.get(), NLM_F_CREATE | NLM_F_EXCL);
  }
  if (error == -NLE_EXIST) {
    throw Error(
        "cannot shape inbound traffic: the interface has an ingress queue of "
        "another program; remove it, or use --qos-replace");
  }
  Check(error, kWhat);
  try {
    MakeDevice(name);
    Redirect(index, IndexOf(name));
  } catch (...) {
    rtnl_qdisc_delete(socket_.get(), ingress.get());
    if (const int ifb = IndexOf(name); ifb != 0) RemoveDevice(ifb);
    throw;
  }
  return IndexOf(name);
}

void IngressLink::MakeDevice(const std::string& name) {
  const MadeLink made(rtnl_link_alloc(), rtnl_link_put);
  Check(made ? 0 : -NLE_NOMEM, kWhat);
  rtnl_link_set_name(made.get(), name.c_str());
  Check(rtnl_link_set_type(made.get(), "ifb"), kWhat);
  rtnl_link_set_flags(made.get(), IFF_UP);
  Check(rtnl_link_add(socket_.get(), made.get(), NLM_F_CREATE | NLM_F_EXCL),
        kWhat);
}

void IngressLink::Redirect(int interface_index, int ifb_index) {
  const Filter filter(rtnl_cls_alloc(), rtnl_cls_put);
  rtnl_act* redirect = rtnl_act_alloc();
  Check(filter && redirect != nullptr ? 0 : -NLE_NOMEM, kWhat);
  rtnl_tc_set_kind(TC_CAST(redirect), "mirred");
  rtnl_mirred_set_action(redirect, TCA_EGRESS_REDIR);
  rtnl_mirred_set_policy(redirect, TC_ACT_STOLEN);
  rtnl_mirred_set_ifindex(redirect, static_cast<uint32_t>(ifb_index));
  rtnl_tc* tc = TC_CAST(filter.get());
  rtnl_tc_set_ifindex(tc, interface_index);
  rtnl_tc_set_parent(tc, kIngressHandle);
  Check(rtnl_tc_set_kind(tc, "u32"), kWhat);
  rtnl_cls_set_prio(filter.get(), 1);
  rtnl_cls_set_protocol(filter.get(), ETH_P_ALL);
  Check(rtnl_u32_add_key_uint32(filter.get(), 0, 0, 0, 0), kWhat);
  const int error = rtnl_u32_add_action(filter.get(), redirect);
  rtnl_act_put(redirect);  // the filter holds its own reference
  Check(error, kWhat);
  Check(rtnl_u32_set_cls_terminal(filter.get()), kWhat);
  Check(rtnl_cls_add(socket_.get(), filter.get(), NLM_F_CREATE), kWhat);
}

void IngressLink::RemoveQueue(int interface_index) {
  const Qdisc ingress = IngressOf(interface_index);
  const int error = rtnl_qdisc_delete(socket_.get(), ingress.get());
  if (error == -NLE_NODEV) return;  // it was removed in the meantime
  Check(error, "remove the ingress queue");
}

void IngressLink::RemoveDevice(int ifb_index) {
  const MadeLink ours(rtnl_link_alloc(), rtnl_link_put);
  Check(ours ? 0 : -NLE_NOMEM, kWhat);
  rtnl_link_set_ifindex(ours.get(), ifb_index);
  const int error = rtnl_link_delete(socket_.get(), ours.get());
  if (error == -NLE_NODEV) return;
  Check(error, "remove the IFB device");
}

void IngressLink::Remove(const std::string& interface) {
  const std::string name = NameOf(interface);
  const std::vector<Device> devices = Devices();
  const auto ours = std::ranges::find_if(devices, [&](const Device& device) {
    return device.is_ifb && device.name == name;
  });
  if (ours == devices.end()) return;
  for (const Device& device : devices) {
    if (TargetOf(device.index) != ours->index) continue;
    // The name belongs to another interface with the same hash.
    if (device.name != interface) return;
    RemoveQueue(device.index);
  }
  RemoveDevice(ours->index);
}

std::vector<std::string> IngressLink::RemoveAll() {
  const std::vector<Device> devices = Devices();
  std::vector<std::string> removed;
  for (const Device& ifb : devices) {
    if (!ifb.is_ifb) continue;
    std::string name = ifb.name;
    for (const Device& device : devices) {
      if (TargetOf(device.index) != ifb.index) continue;
      RemoveQueue(device.index);
      name = device.name;
    }
    RemoveDevice(ifb.index);
    removed.push_back(std::move(name));
  }
  return removed;
}

}  // namespace ntm::qos
