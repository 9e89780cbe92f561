#include "ingress_link.h"

#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/tc_act/tc_mirred.h>
#include <net/if.h>
#include <netlink/netlink.h>
#include <netlink/route/act/mirred.h>
#include <netlink/route/action.h>
#include <netlink/route/classifier.h>
#include <netlink/route/cls/u32.h>
#include <netlink/route/link.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/tc.h>

#include "netlink_check.h"

namespace ntm::qos {
namespace {

using MadeLink = std::unique_ptr<rtnl_link, decltype(&rtnl_link_put)>;
using Qdisc = std::unique_ptr<rtnl_qdisc, decltype(&rtnl_qdisc_put)>;
using Filter = std::unique_ptr<rtnl_cls, decltype(&rtnl_cls_put)>;

constexpr char kPrefix[] = "nti-";
constexpr char kWhat[] = "shape what comes in";
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

IngressLink::IngressLink() : socket_(nl_socket_alloc(), nl_socket_free) {
  Check(socket_ ? nl_connect(socket_.get(), NETLINK_ROUTE) : -NLE_NOMEM, kWhat);
}

IngressLink::~IngressLink() = default;

std::string IngressLink::NameOf(const std::string& interface) {
  return (kPrefix + interface).substr(0, IF_NAMESIZE - 1);
}

std::vector<std::string> IngressLink::Present() {
  std::vector<std::string> interfaces;
  struct if_nameindex* all = if_nameindex();
  for (auto* each = all; all != nullptr && each->if_index != 0; ++each) {
    if (IndexOf(NameOf(each->if_name)) != 0) {
      interfaces.emplace_back(each->if_name);
    }
  }
  if (all != nullptr) if_freenameindex(all);
  return interfaces;
}

int IngressLink::SetUp(const std::string& interface, bool replace) {
  const std::string name = NameOf(interface);
  if (IndexOf(name) != 0) Remove(interface);
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
        "cannot shape what comes in: another one's queue is at the ingress; "
        "remove it, or give --qos-replace");
  }
  Check(error, kWhat);
  try {
    MakeDevice(name);
    Redirect(index, IndexOf(name));
  } catch (...) {
    Remove(interface);
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
  rtnl_act_put(redirect);  // the filter has one of its own
  Check(error, kWhat);
  Check(rtnl_u32_set_cls_terminal(filter.get()), kWhat);
  Check(rtnl_cls_add(socket_.get(), filter.get(), NLM_F_CREATE), kWhat);
}

void IngressLink::Remove(const std::string& interface) {
  if (const int index = IndexOf(interface); index != 0) {
    const Qdisc ingress = IngressOf(index);
    rtnl_qdisc_delete(socket_.get(), ingress.get());
  }
  const std::string name = NameOf(interface);
  if (IndexOf(name) == 0) return;
  const MadeLink ours(rtnl_link_alloc(), rtnl_link_put);
  Check(ours ? 0 : -NLE_NOMEM, kWhat);
  rtnl_link_set_name(ours.get(), name.c_str());
  Check(rtnl_link_delete(socket_.get(), ours.get()), kWhat);
}

}  // namespace ntm::qos
