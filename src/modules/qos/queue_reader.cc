#include "queue_reader.h"

#include <fmt/format.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/cache.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/class.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/tc.h>

#include <algorithm>
#include <array>
#include <set>

#include "ntm/base/error.h"
#include "queue_plan.h"

namespace ntm::qos {
namespace {

using Cache = std::unique_ptr<nl_cache, decltype(&nl_cache_free)>;

void Check(int error) {
  if (error >= 0) return;
  throw Error(std::string("cannot read the queues: netlink: ") +
              nl_geterror(error) + "; it is retried");
}

Queue QueueOf(rtnl_tc* tc, bool is_class) {
  const auto counter = [tc](rtnl_tc_stat which) {
    return rtnl_tc_get_stat(tc, which);
  };
  Queue queue;
  queue.interface_index = rtnl_tc_get_ifindex(tc);
  std::array<char, IF_NAMESIZE> name{};
  if (if_indextoname(static_cast<unsigned>(queue.interface_index),
                     name.data()) != nullptr) {
    queue.interface = name.data();
  }
  if (const char* kind = rtnl_tc_get_kind(tc)) queue.kind = kind;
  queue.handle = rtnl_tc_get_handle(tc);
  queue.parent = rtnl_tc_get_parent(tc);
  queue.is_root = queue.parent == TC_H_ROOT;
  queue.is_class = is_class;
  queue.bytes = counter(RTNL_TC_BYTES);
  queue.packets = counter(RTNL_TC_PACKETS);
  queue.drops = counter(RTNL_TC_DROPS);
  queue.overlimits = counter(RTNL_TC_OVERLIMITS);
  queue.backlog_bytes = counter(RTNL_TC_BACKLOG);
  queue.backlog_packets = counter(RTNL_TC_QLEN);
  return queue;
}

void Append(nl_cache* cache, bool is_class, std::vector<Queue>* queues) {
  for (nl_object* object = nl_cache_get_first(cache); object != nullptr;
       object = nl_cache_get_next(object)) {
    Queue queue = QueueOf(reinterpret_cast<rtnl_tc*>(object), is_class);
    // The interface was removed in the meantime.
    if (!queue.interface.empty()) queues->push_back(std::move(queue));
  }
}

bool HasDetails(const Queue& queue) {
  return queue.kind == "fq_codel" || queue.kind == "cake";
}

int TakeDetails(nl_msg* message, void* queues) {
  nlmsghdr* header = nlmsg_hdr(message);
  if (header->nlmsg_type != RTM_NEWQDISC ||
      nlmsg_valid_hdr(header, sizeof(tcmsg)) == 0) {
    return NL_SKIP;
  }
  const auto* tc = static_cast<const tcmsg*>(nlmsg_data(header));
  for (Queue& queue : *static_cast<std::vector<Queue>*>(queues)) {
    if (queue.interface_index == tc->tcm_ifindex &&
        queue.handle == tc->tcm_handle && queue.parent == tc->tcm_parent) {
      queue.details = DetailsOf(nlmsg_attrdata(header, sizeof(tcmsg)),
                                nlmsg_attrlen(header, sizeof(tcmsg)));
      break;
    }
  }
  return NL_OK;
}

}  // namespace

std::string HandleText(uint32_t handle) {
  if (handle == TC_H_ROOT) return "root";
  if (handle == TC_H_INGRESS) return "ingress";
  if (handle == 0) return "0:";
  if (TC_H_MIN(handle) == 0)
    return fmt::format("{:x}:", TC_H_MAJ(handle) >> 16);
  return fmt::format("{:x}:{:x}", TC_H_MAJ(handle) >> 16, TC_H_MIN(handle));
}

bool IsOurs(const Queue& queue) { return queue.handle >> 16 == kMajor; }

const Queue* RootOf(int interface_index, const std::vector<Queue>& queues) {
  const auto root = std::ranges::find_if(queues, [&](const Queue& queue) {
    return queue.is_root && !queue.is_class &&
           queue.interface_index == interface_index;
  });
  return root == queues.end() ? nullptr : &*root;
}

QueueReader::QueueReader() { Check(Connect(NETLINK_ROUTE, &socket_)); }

QueueReader::~QueueReader() = default;

std::vector<Queue> QueueReader::Read() {
  std::vector<Queue> queues;
  nl_cache* raw = nullptr;
  Check(rtnl_qdisc_alloc_cache(socket_.get(), &raw));
  {
    const Cache cache(raw, nl_cache_free);
    Append(cache.get(), false, &queues);
  }
  if (std::ranges::any_of(queues, HasDetails)) ReadDetails(&queues);
  std::set<int> with_classes;
  for (const Queue& queue : queues) {
    if (queue.kind == "htb") with_classes.insert(queue.interface_index);
  }
  for (const int index : with_classes) {
    // The interface was removed in the meantime.
    if (rtnl_class_alloc_cache(socket_.get(), index, &raw) < 0) continue;
    const Cache cache(raw, nl_cache_free);
    Append(cache.get(), true, &queues);
  }
  return queues;
}

// libnl does not give access to these attributes, so a second dump is needed.
void QueueReader::ReadDetails(std::vector<Queue>* queues) {
  tcmsg request{};
  Check(nl_send_simple(socket_.get(), RTM_GETQDISC, NLM_F_DUMP, &request,
                       sizeof request));
  nl_socket_modify_cb(socket_.get(), NL_CB_VALID, NL_CB_CUSTOM, TakeDetails,
                      queues);
  Check(nl_recvmsgs_default(socket_.get()));
}

}  // namespace ntm::qos
