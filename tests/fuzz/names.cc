// Fuzzes the sources of names: DNS responses, DHCP lease files, hosts(5).
#include "fuzz.h"
#include "modules/names/dns_message.h"
#include "modules/names/hosts_file.h"
#include "modules/names/lease_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (const auto message = ntm::names::ParseDnsMessage(data, size)) {
    if (message->answers.size() > ntm::names::kMaxRecords) __builtin_trap();
    ntm::names::AnswersOf(*message);
  }
  if (ntm::names::MulticastAddresses(data, size).size() >
      ntm::names::kMaxRecords) {
    __builtin_trap();
  }
  const std::string text = ntm::fuzz::Text(data, size);
  ntm::names::ParseLeases(text, 1'700'000'000);
  ntm::names::ParseHosts(text);
  return 0;
}
