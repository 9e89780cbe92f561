#include "nft_batch.h"

#include <arpa/inet.h>
#include <netinet/in.h>

// After <netinet/in.h>: these headers define the same types unless it comes
// first.
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>

#include <array>
#include <bit>
#include <cstring>
#include <span>

#include "netlink_check.h"
#include "queue_plan.h"

namespace ntm::qos {
namespace {

// Not in the headers of older kernels.
constexpr uint32_t kEgressHook = 1;
constexpr uint32_t kTableOwner = 2;

constexpr char kMarking[] = "set the DSCP of packets";
constexpr size_t kMessageBytes = 4096;

// A new nftables message with its header; `resource` is the subsystem in
// messages that begin or end a batch.
nl_msg* NewMessage(int type, int flags, uint32_t sequence, uint8_t family,
                   uint16_t resource) {
  nl_msg* message = nlmsg_alloc_size(kMessageBytes);
  Check(message != nullptr ? 0 : -NLE_NOMEM, kMarking);
  nlmsg_put(message, 0, sequence, type, sizeof(nfgenmsg),
            NLM_F_REQUEST | flags);
  auto* header = static_cast<nfgenmsg*>(nlmsg_data(nlmsg_hdr(message)));
  header->nfgen_family = family;
  header->version = NFNETLINK_V0;
  header->res_id = htons(resource);
  return message;
}

void PutNumber(nl_msg* message, int attribute, uint32_t number) {
  Check(nla_put_u32(message, attribute, htonl(number)), kMarking);
}

void PutText(nl_msg* message, int attribute, const std::string& text) {
  Check(nla_put_string(message, attribute, text.c_str()), kMarking);
}

template <typename Fill>
void Nest(nl_msg* message, int attribute, Fill fill) {
  nlattr* nest = nla_nest_start(message, attribute);
  Check(nest != nullptr ? 0 : -NLE_NOMEM, kMarking);
  fill();
  Check(nla_nest_end(message, nest), kMarking);
}

using Bytes = std::span<const uint8_t>;
using Pair = std::array<uint8_t, 2>;
Pair InOrder(uint16_t number) {
  return {static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)};
}

// Masks of the DSCP in the first two bytes of an IP header.
constexpr Pair kDscp4{0x00, 0xfc};
constexpr Pair kDscp6{0x0f, 0xc0};
constexpr Pair kNotDscp4{0xff, 0x03};
constexpr Pair kNotDscp6{0xf0, 0x3f};
constexpr Pair kNothing{};
Pair Dscp4(uint16_t dscp) { return {0, static_cast<uint8_t>(dscp << 2)}; }
Pair Dscp6(uint16_t dscp) { return InOrder(static_cast<uint16_t>(dscp << 6)); }

}  // namespace

// Builds the expressions of a rule; all use the same register.
class NftBatch::Rule {
 public:
  Rule(NftBatch* batch, const std::string& table, const std::string& chain)
      : batch_(*batch),
        message_(batch->Begin(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND)) {
    PutText(message_.get(), NFTA_RULE_TABLE, table);
    PutText(message_.get(), NFTA_RULE_CHAIN, chain);
    list_ = nla_nest_start(message_.get(), NFTA_RULE_EXPRESSIONS);
    Check(list_ != nullptr ? 0 : -NLE_NOMEM, kMarking);
  }

  void Finish() {
    nla_nest_end(message_.get(), list_);
    batch_.Append(message_);
  }

  void LoadMeta(uint32_t key) {
    Add("meta", [&] {
      Number(NFTA_META_KEY, key);
      Number(NFTA_META_DREG, NFT_REG_1);
    });
  }

  void SetPriority(uint32_t priority) {
    Add("immediate", [&] {
      Number(NFTA_IMMEDIATE_DREG, NFT_REG_1);
      Value(NFTA_IMMEDIATE_DATA,
            std::bit_cast<std::array<uint8_t, 4>>(priority));
    });
    Add("meta", [&] {
      Number(NFTA_META_KEY, NFT_META_PRIORITY);
      Number(NFTA_META_SREG, NFT_REG_1);
    });
  }

  void Load(uint32_t base, uint32_t offset, uint32_t size) {
    Add("payload", [&] {
      Number(NFTA_PAYLOAD_DREG, NFT_REG_1);
      Place(base, offset, size);
    });
  }

  // Writes the register to the start of the IP header.
  void WritePair(bool has_checksum) {
    constexpr uint32_t kIpv4Checksum = 10;
    Add("payload", [&] {
      Number(NFTA_PAYLOAD_SREG, NFT_REG_1);
      Place(NFT_PAYLOAD_NETWORK_HEADER, 0, sizeof(Pair));
      Number(NFTA_PAYLOAD_CSUM_TYPE,
             has_checksum ? NFT_PAYLOAD_CSUM_INET : NFT_PAYLOAD_CSUM_NONE);
      Number(NFTA_PAYLOAD_CSUM_OFFSET, has_checksum ? kIpv4Checksum : 0);
    });
  }

  void Keep(Bytes mask, Bytes then_flip) {
    Add("bitwise", [&] {
      Number(NFTA_BITWISE_SREG, NFT_REG_1);
      Number(NFTA_BITWISE_DREG, NFT_REG_1);
      Number(NFTA_BITWISE_LEN, static_cast<uint32_t>(mask.size()));
      Value(NFTA_BITWISE_MASK, mask);
      Value(NFTA_BITWISE_XOR, then_flip);
    });
  }

  void Compare(uint32_t how, Bytes value) {
    Add("cmp", [&] {
      Number(NFTA_CMP_SREG, NFT_REG_1);
      Number(NFTA_CMP_OP, how);
      Value(NFTA_CMP_DATA, value);
    });
  }

  void Decide(int verdict, const std::string& chain) {
    nl_msg* message = message_.get();
    Add("immediate", [&] {
      Number(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
      Nest(message, NFTA_IMMEDIATE_DATA, [&] {
        Nest(message, NFTA_DATA_VERDICT, [&] {
          Number(NFTA_VERDICT_CODE, static_cast<uint32_t>(verdict));
          if (!chain.empty()) PutText(message, NFTA_VERDICT_CHAIN, chain);
        });
      });
    });
  }

  // Conditions and actions made of these expressions.
  void IsProtocol(uint16_t ethertype) {
    LoadMeta(NFT_META_PROTOCOL);
    Compare(NFT_CMP_EQ, InOrder(ethertype));
  }

  void IsTransport(uint8_t protocol) {
    LoadMeta(NFT_META_L4PROTO);
    Compare(NFT_CMP_EQ, Bytes(&protocol, 1));
  }

  void HasPort(uint32_t offset, uint16_t first, uint16_t last) {
    Load(NFT_PAYLOAD_TRANSPORT_HEADER, offset, sizeof first);
    if (first == last) return Compare(NFT_CMP_EQ, InOrder(first));
    Compare(NFT_CMP_GTE, InOrder(first));
    Compare(NFT_CMP_LTE, InOrder(last));
  }

  void HasDscp(bool is_ipv6, uint16_t dscp) {
    IsProtocol(is_ipv6 ? ETH_P_IPV6 : ETH_P_IP);
    if (is_ipv6) {
      Load(NFT_PAYLOAD_NETWORK_HEADER, 0, sizeof(Pair));
      Keep(kDscp6, kNothing);
      return Compare(NFT_CMP_EQ, Dscp6(dscp));
    }
    Load(NFT_PAYLOAD_NETWORK_HEADER, 1, 1);
    Keep(Bytes(kDscp4).last(1), Bytes(kNothing).last(1));
    Compare(NFT_CMP_EQ, Bytes(Dscp4(dscp)).last(1));
  }

  void SetDscp(bool is_ipv6, uint8_t dscp) {
    IsProtocol(is_ipv6 ? ETH_P_IPV6 : ETH_P_IP);
    Load(NFT_PAYLOAD_NETWORK_HEADER, 0, sizeof(Pair));
    Keep(is_ipv6 ? kNotDscp6 : kNotDscp4, is_ipv6 ? Dscp6(dscp) : Dscp4(dscp));
    WritePair(!is_ipv6);
  }

 private:
  template <typename Fill>
  void Add(const char* name, Fill fill) {
    nl_msg* message = message_.get();
    Nest(message, NFTA_LIST_ELEM, [&] {
      PutText(message, NFTA_EXPR_NAME, name);
      Nest(message, NFTA_EXPR_DATA, fill);
    });
  }

  void Number(int attribute, uint32_t number) {
    PutNumber(message_.get(), attribute, number);
  }

  void Value(int attribute, Bytes value) {
    Nest(message_.get(), attribute, [&] {
      Check(nla_put(message_.get(), NFTA_DATA_VALUE,
                    static_cast<int>(value.size()), value.data()),
            kMarking);
    });
  }

  void Place(uint32_t base, uint32_t offset, uint32_t size) {
    Number(NFTA_PAYLOAD_BASE, base);
    Number(NFTA_PAYLOAD_OFFSET, offset);
    Number(NFTA_PAYLOAD_LEN, size);
  }

  NftBatch& batch_;
  Message message_;
  nlattr* list_ = nullptr;
};

NftBatch::NftBatch(uint32_t before) : sequence_(before) {
  Append(Message(NewMessage(NFNL_MSG_BATCH_BEGIN, 0, sequence_, AF_UNSPEC,
                            NFNL_SUBSYS_NFTABLES),
                 nlmsg_free));
}

NftBatch::Message NftBatch::Begin(int type, int flags) {
  ++sequence_;
  return {NewMessage(NFNL_SUBSYS_NFTABLES << 8 | type, flags, sequence_,
                     NFPROTO_NETDEV, 0),
          nlmsg_free};
}

void NftBatch::Append(const Message& message) {
  const nlmsghdr* header = nlmsg_hdr(message.get());
  last_at_ = bytes_.size();
  const auto* start = reinterpret_cast<const char*>(header);
  bytes_.insert(bytes_.end(), start, start + NLMSG_ALIGN(header->nlmsg_len));
}

void NftBatch::AddTable(const std::string& table, bool owned) {
  const Message message = Begin(NFT_MSG_NEWTABLE, NLM_F_CREATE);
  PutText(message.get(), NFTA_TABLE_NAME, table);
  if (owned) PutNumber(message.get(), NFTA_TABLE_FLAGS, kTableOwner);
  Append(message);
}

void NftBatch::DeleteTable(const std::string& table) {
  const Message message = Begin(NFT_MSG_DELTABLE, 0);
  PutText(message.get(), NFTA_TABLE_NAME, table);
  Append(message);
}

void NftBatch::AddEgressChain(const std::string& table,
                              const std::string& interface) {
  const Message message = Begin(NFT_MSG_NEWCHAIN, NLM_F_CREATE);
  PutText(message.get(), NFTA_CHAIN_TABLE, table);
  PutText(message.get(), NFTA_CHAIN_NAME, kEgressChain);
  PutText(message.get(), NFTA_CHAIN_TYPE, "filter");
  PutNumber(message.get(), NFTA_CHAIN_POLICY, NF_ACCEPT);
  Nest(message.get(), NFTA_CHAIN_HOOK, [&] {
    PutNumber(message.get(), NFTA_HOOK_HOOKNUM, kEgressHook);
    PutNumber(message.get(), NFTA_HOOK_PRIORITY, 0);
    PutText(message.get(), NFTA_HOOK_DEV, interface);
  });
  Append(message);
}

void NftBatch::AddChain(const std::string& table, const std::string& chain) {
  const Message message = Begin(NFT_MSG_NEWCHAIN, NLM_F_CREATE);
  PutText(message.get(), NFTA_CHAIN_TABLE, table);
  PutText(message.get(), NFTA_CHAIN_NAME, chain);
  Append(message);
}

void NftBatch::AddStep(const std::string& table, const std::string& chain,
                       const MarkStep& step) {
  using Field = MarkStep::Field;
  Rule rule(this, table, chain);
  switch (step.field) {
    case Field::kIpv4Dscp:
    case Field::kIpv6Dscp:
      rule.HasDscp(step.field == Field::kIpv6Dscp, step.first);
      break;
    case Field::kTcp:
      rule.IsTransport(IPPROTO_TCP);
      break;
    case Field::kUdp:
      rule.IsTransport(IPPROTO_UDP);
      break;
    case Field::kSrcPort:
      rule.HasPort(0, step.first, step.last);
      break;
    case Field::kDstPort:
      rule.HasPort(2, step.first, step.last);
      break;
    case Field::kIpv4:
      rule.IsProtocol(ETH_P_IP);
      break;
    case Field::kIpv6:
      rule.IsProtocol(ETH_P_IPV6);
      break;
  }
  rule.Decide(step.chain == kPortsChain ? NFT_JUMP : NFT_GOTO, step.chain);
  rule.Finish();
}

void NftBatch::AddClass(const std::string& table, const MarkClass& made) {
  AddChain(table, made.chain);
  Rule queue(this, table, made.chain);
  queue.SetPriority(uint32_t{kMajor} << 16 | made.minor);
  queue.Finish();
  if (made.dscp) {
    for (const bool is_ipv6 : {false, true}) {
      Rule rule(this, table, made.chain);
      rule.SetDscp(is_ipv6, *made.dscp);
      rule.Finish();
    }
  }
  Rule accept(this, table, made.chain);
  accept.Decide(NF_ACCEPT, "");
  accept.Finish();
}

std::vector<char> NftBatch::Finish() {
  // An acknowledgement of the last message is one of the whole batch.
  nlmsghdr header;
  std::memcpy(&header, &bytes_[last_at_], sizeof header);
  header.nlmsg_flags |= NLM_F_ACK;
  std::memcpy(&bytes_[last_at_], &header, sizeof header);
  const uint32_t last = sequence_ + 1;
  Append(Message(
      NewMessage(NFNL_MSG_BATCH_END, 0, last, AF_UNSPEC, NFNL_SUBSYS_NFTABLES),
      nlmsg_free));
  return std::move(bytes_);
}

}  // namespace ntm::qos
