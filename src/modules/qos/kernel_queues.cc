#include "kernel_queues.h"

#include <linux/pkt_sched.h>
#include <netlink/cache.h>
#include <netlink/netlink.h>
#include <netlink/route/class.h>
#include <netlink/route/classifier.h>
#include <netlink/route/cls/u32.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/qdisc/fifo.h>
#include <netlink/route/qdisc/htb.h>
#include <netlink/route/tc.h>

#include <array>
#include <memory>

#include "netlink_check.h"

namespace ntm::qos {
namespace {

using Qdisc = std::unique_ptr<rtnl_qdisc, decltype(&rtnl_qdisc_put)>;
using Class = std::unique_ptr<rtnl_class, decltype(&rtnl_class_put)>;
using Filter = std::unique_ptr<rtnl_cls, decltype(&rtnl_cls_put)>;

constexpr uint32_t kRootHandle = TC_HANDLE(kMajor, 0);
// About 0.1 s at 100 Mbit/s; fq_codel keeps its queues shorter by itself.
constexpr int kLeafPackets = 1000;
constexpr uint32_t kQuantumBytes = 1514;
constexpr std::array kLeafKinds = {"fq_codel", "pfifo"};

rtnl_tc* TcOf(const Qdisc& qdisc) { return TC_CAST(qdisc.get()); }

Qdisc NewQdisc(int interface_index, uint32_t parent, uint32_t handle) {
  Qdisc qdisc(rtnl_qdisc_alloc(), rtnl_qdisc_put);
  Check(qdisc ? 0 : -NLE_NOMEM, "make a queue");
  rtnl_tc_set_ifindex(TcOf(qdisc), interface_index);
  rtnl_tc_set_parent(TcOf(qdisc), parent);
  if (handle != 0) rtnl_tc_set_handle(TcOf(qdisc), handle);
  return qdisc;
}

}  // namespace

KernelQueues::KernelQueues() {
  Check(Connect(NETLINK_ROUTE, &socket_), "open a netlink socket");
}

KernelQueues::~KernelQueues() = default;

bool KernelQueues::AreOurs(int interface_index) {
  nl_cache* raw = nullptr;
  Check(rtnl_qdisc_alloc_cache(socket_.get(), &raw), "read the queues");
  const std::unique_ptr<nl_cache, decltype(&nl_cache_free)> cache(
      raw, nl_cache_free);
  rtnl_qdisc* root = rtnl_qdisc_get_by_parent(raw, interface_index, TC_H_ROOT);
  if (root == nullptr) return false;
  const bool are_ours = rtnl_tc_get_handle(TC_CAST(root)) == kRootHandle;
  rtnl_qdisc_put(root);
  return are_ours;
}

std::string KernelQueues::SetUp(int interface_index, const QueuePlan& plan,
                                const std::vector<QueueMatch>& matches) {
  const Qdisc root = NewQdisc(interface_index, TC_H_ROOT, kRootHandle);
  Check(rtnl_tc_set_kind(TcOf(root), "htb"), "make an HTB queue");
  Check(rtnl_htb_set_defcls(root.get(), plan.default_minor),
        "make an HTB queue");
  Check(rtnl_qdisc_add(socket_.get(), root.get(), NLM_F_CREATE | NLM_F_REPLACE),
        "make an HTB queue");
  try {
    ChangeTotal(interface_index, plan.total);
    std::string leaf = kLeafKinds.front();
    for (const QueueClass& queue_class : plan.classes) {
      AddClass(interface_index, kLinkMinor, queue_class);
      leaf = AddLeaf(interface_index, queue_class.minor, leaf);
    }
    for (const FilterSet& set : kFilterSets) {
      for (const QueueMatch& match : matches) {
        for (const auto& keys : KeysOf(match, set)) {
          AddFilter(interface_index, set, keys, match.minor);
        }
      }
    }
    return leaf;
  } catch (...) {
    rtnl_qdisc_delete(socket_.get(), root.get());
    throw;
  }
}

void KernelQueues::AddClass(int interface_index, uint16_t parent_minor,
                            const QueueClass& queue_class) {
  constexpr char kWhat[] = "set a class of a queue";
  const Class made(rtnl_class_alloc(), rtnl_class_put);
  Check(made ? 0 : -NLE_NOMEM, kWhat);
  rtnl_tc* tc = TC_CAST(made.get());
  rtnl_tc_set_ifindex(tc, interface_index);
  rtnl_tc_set_parent(tc, TC_HANDLE(kMajor, parent_minor));
  rtnl_tc_set_handle(tc, TC_HANDLE(kMajor, queue_class.minor));
  Check(rtnl_tc_set_kind(tc, "htb"), kWhat);
  Check(rtnl_htb_set_rate64(made.get(), queue_class.rate), kWhat);
  Check(rtnl_htb_set_ceil64(made.get(), queue_class.ceiling), kWhat);
  rtnl_htb_set_prio(made.get(), queue_class.precedence);
  rtnl_htb_set_quantum(made.get(), kQuantumBytes);
  Check(rtnl_class_add(socket_.get(), made.get(), NLM_F_CREATE), kWhat);
}

void KernelQueues::Change(int interface_index, const QueueClass& queue_class) {
  AddClass(interface_index, kLinkMinor, queue_class);
}

void KernelQueues::ChangeTotal(int interface_index, uint64_t total) {
  QueueClass link;
  link.minor = kLinkMinor;
  link.rate = link.ceiling = total;
  AddClass(interface_index, 0, link);
}

std::string KernelQueues::AddLeaf(int interface_index, uint16_t minor,
                                  const std::string& kind) {
  const Qdisc leaf = NewQdisc(interface_index, TC_HANDLE(kMajor, minor), 0);
  int error = rtnl_tc_set_kind(TcOf(leaf), kind.c_str());
  if (error >= 0 && kind == "pfifo") {
    rtnl_qdisc_fifo_set_limit(leaf.get(), kLeafPackets);
  }
  if (error >= 0) {
    error = rtnl_qdisc_add(socket_.get(), leaf.get(), NLM_F_CREATE);
  }
  if (error >= 0) return kind;
  if (kind == kLeafKinds.back()) Check(error, "make a queue of a class");
  return AddLeaf(interface_index, minor, kLeafKinds.back());
}

void KernelQueues::AddFilter(int interface_index, const FilterSet& set,
                             const std::vector<FilterKey>& keys,
                             uint16_t minor) {
  constexpr char kWhat[] = "set a filter of a queue";
  const Filter filter(rtnl_cls_alloc(), rtnl_cls_put);
  Check(filter ? 0 : -NLE_NOMEM, kWhat);
  rtnl_tc* tc = TC_CAST(filter.get());
  rtnl_tc_set_ifindex(tc, interface_index);
  rtnl_tc_set_parent(tc, kRootHandle);
  Check(rtnl_tc_set_kind(tc, "u32"), kWhat);
  rtnl_cls_set_prio(filter.get(), set.order);
  rtnl_cls_set_protocol(filter.get(), set.ethertype);
  for (const FilterKey& key : keys) {
    Check(key.is_byte ? rtnl_u32_add_key_uint8(
                            filter.get(), static_cast<uint8_t>(key.value),
                            static_cast<uint8_t>(key.mask), key.offset, 0)
                      : rtnl_u32_add_key_uint16(filter.get(), key.value,
                                                key.mask, key.offset, 0),
          kWhat);
  }
  Check(rtnl_u32_set_classid(filter.get(), TC_HANDLE(kMajor, minor)), kWhat);
  Check(rtnl_u32_set_cls_terminal(filter.get()), kWhat);
  Check(rtnl_cls_add(socket_.get(), filter.get(), NLM_F_CREATE), kWhat);
}

bool KernelQueues::Remove(int interface_index) {
  if (!AreOurs(interface_index)) return false;
  const Qdisc ours = NewQdisc(interface_index, TC_H_ROOT, kRootHandle);
  Check(rtnl_qdisc_delete(socket_.get(), ours.get()), "remove the queues");
  return true;
}

}  // namespace ntm::qos
