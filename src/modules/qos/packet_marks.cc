#include "packet_marks.h"

#include <netinet/in.h>

// After <netinet/in.h>: these headers define the same types unless it comes
// first.
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "netlink_check.h"
#include "nft_batch.h"
#include "ntm/base/error.h"

namespace ntm::qos {
namespace {

// A batch is sent as one datagram.
constexpr int kBufferBytes = 1 << 20;

void CheckMarks(int error) {
  if (error == 0) return;
  std::string text =
      std::string("cannot set the DSCP of packets (nftables): ") +
      std::strerror(error) + "; ";
  switch (error) {
    case EPERM:
      text +=
          "CAP_NET_ADMIN is needed, and no other ntm may mark packets of this "
          "interface";
      break;
    case EMSGSIZE:
      text += "the classes have too many port ranges";
      break;
    default:
      text +=
          "Linux 5.16 with nf_tables and the egress hook "
          "(CONFIG_NETFILTER_EGRESS) is needed";
  }
  throw Error(text);
}

int TakeTable(nl_msg* message, void* tables) {
  std::array<nlattr*, NFTA_TABLE_MAX + 1> attributes{};
  if (nlmsg_parse(nlmsg_hdr(message), sizeof(nfgenmsg), attributes.data(),
                  NFTA_TABLE_MAX, nullptr) < 0 ||
      attributes[NFTA_TABLE_NAME] == nullptr) {
    return NL_SKIP;
  }
  const std::string name = nla_get_string(attributes[NFTA_TABLE_NAME]);
  if (name.starts_with(kMarkTablePrefix)) {
    static_cast<std::vector<std::string>*>(tables)->push_back(name);
  }
  return NL_OK;
}

}  // namespace

PacketMarks::PacketMarks() {
  if (Connect(NETLINK_NETFILTER, &socket_) < 0) {
    CheckMarks(EPROTONOSUPPORT);
  }
  nl_socket_set_buffer_size(socket_.get(), kBufferBytes, kBufferBytes);
  nl_socket_disable_seq_check(socket_.get());
}

PacketMarks::~PacketMarks() = default;

void PacketMarks::Set(const MarkPlan& plan) {
  NftBatch batch(sequence_);
  batch.AddTable(plan.table, false);
  batch.DeleteTable(plan.table);
  batch.AddTable(plan.table, true);
  batch.AddEgressChain(plan.table, plan.interface);
  batch.AddChain(plan.table, kPortsChain);
  for (const MarkClass& made : plan.classes) batch.AddClass(plan.table, made);
  for (const MarkStep& step : plan.port_steps) {
    batch.AddStep(plan.table, kPortsChain, step);
  }
  for (const MarkStep& step : plan.steps) {
    batch.AddStep(plan.table, kEgressChain, step);
  }
  Send(&batch);
}

void PacketMarks::Remove(const std::string& table) {
  NftBatch batch(sequence_);
  batch.AddTable(table, false);
  batch.DeleteTable(table);
  Send(&batch);
}

void PacketMarks::Send(NftBatch* batch) {
  sequence_ = batch->last_sequence() + 1;
  const std::vector<char> bytes = batch->Finish();
  if (send(nl_socket_get_fd(socket_.get()), bytes.data(), bytes.size(), 0) <
      0) {
    CheckMarks(errno);
  }
  CheckMarks(FirstError());
}

// The kernel queues its answers before send() returns, so nothing waits here.
int PacketMarks::FirstError() {
  int first = 0;
  bool is_answered = false;
  alignas(nlmsghdr) std::array<char, 8192> buffer;
  while (true) {
    const ssize_t size = recv(nl_socket_get_fd(socket_.get()), buffer.data(),
                              buffer.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return first != 0 ? first : errno;
    auto* header = reinterpret_cast<nlmsghdr*>(buffer.data());
    int left = static_cast<int>(size);
    for (; nlmsg_ok(header, left); header = nlmsg_next(header, &left)) {
      if (header->nlmsg_type != NLMSG_ERROR) continue;
      is_answered = true;
      const int error =
          -static_cast<const nlmsgerr*>(nlmsg_data(header))->error;
      if (first == 0) first = error;
    }
  }
  return is_answered ? first : ETIMEDOUT;
}

std::vector<std::string> PacketMarks::Tables() {
  std::vector<std::string> tables;
  nfgenmsg header{};
  header.nfgen_family = NFPROTO_NETDEV;
  if (nl_send_simple(socket_.get(),
                     NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, NLM_F_DUMP,
                     &header, sizeof header) < 0) {
    return tables;
  }
  nl_socket_modify_cb(socket_.get(), NL_CB_VALID, NL_CB_CUSTOM, TakeTable,
                      &tables);
  nl_recvmsgs_default(socket_.get());
  return tables;
}

}  // namespace ntm::qos
