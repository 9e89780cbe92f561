#include "label_values.h"

#include <algorithm>
#include <stdexcept>

#include "key_suggestion.h"
#include "option_values.h"

namespace ntm {
namespace {

std::vector<std::string> AllLabelNames() {
  std::vector<std::string> names;
  for (size_t i = 0; i < kFlowLabelCount; ++i) {
    names.emplace_back(LabelName(static_cast<FlowLabel>(i)));
  }
  return names;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) {
    joined += (joined.empty() ? "" : ", ") + word;
  }
  return joined;
}

std::string Trimmed(const std::string& text) {
  const size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const size_t end = text.find_last_not_of(" \t") + 1;
  return end > begin ? text.substr(begin, end - begin) : "";
}

}  // namespace

FlowLabels ParseFlowLabels(const std::vector<std::string>& texts) {
  FlowLabels labels;
  for (const std::string& text : texts) {
    const auto label = ParseFlowLabel(Trimmed(text));
    if (!label) {
      const std::vector<std::string> names = AllLabelNames();
      const std::string nearest = Nearest(text, names);
      throw std::invalid_argument("'" + text + "' is not a label" +
                                  (nearest.empty()
                                       ? "; the labels are " + Joined(names)
                                       : "; did you mean " + nearest + "?"));
    }
    labels.Add(*label);
  }
  return labels;
}

ClassifyBy ParseClassifyBy(const std::vector<std::string>& texts) {
  std::vector<std::string> words;
  for (const std::string& text : texts) words.push_back(Trimmed(text));
  using Words = std::vector<std::string>;
  if (words == Words{"port"}) return ClassifyBy::kPort;
  if (words == Words{"dscp"}) return ClassifyBy::kDscp;
  if (words == Words{"dscp", "port"}) return ClassifyBy::kDscpThenPort;
  if (words == Words{"port", "dscp"}) return ClassifyBy::kPortThenDscp;
  throw std::invalid_argument("'" + Joined(words) +
                              "' is not port, dscp, or both separated by a "
                              "comma");
}

std::vector<std::string> ParseClasses(const std::vector<std::string>& texts) {
  TrafficClasses checks;
  std::vector<std::string> classes;
  for (const std::string& text : texts) {
    classes.push_back(Trimmed(text));
    checks.Define(classes.back());
  }
  return classes;
}

PrefixBits ParsePrefixBits(const std::string& text) {
  const size_t slash = text.find('/');
  PrefixBits bits;
  try {
    bits.ipv4 = static_cast<uint8_t>(ParseNumber(text.substr(0, slash), 0, 32));
    if (slash != std::string::npos) {
      bits.ipv6 =
          static_cast<uint8_t>(ParseNumber(text.substr(slash + 1), 0, 128));
    }
  } catch (const std::invalid_argument&) {
    throw std::invalid_argument(
        "'" + text +
        "' is not a pair of IPv4 and IPv6 prefix lengths, as in 24/64");
  }
  return bits;
}

std::vector<Network> ParseNetworks(const std::vector<std::string>& texts) {
  std::vector<Network> networks;
  for (const std::string& text : texts) {
    const auto network = ParseNetwork(Trimmed(text));
    if (!network) {
      throw std::invalid_argument("'" + text +
                                  "' is not a network, as in 192.168.0.0/16 "
                                  "or fd00::/8");
    }
    const std::string written = Trimmed(text);
    const auto address = ParseAddress(written.substr(0, written.find('/')));
    if (address != network->address) {
      throw std::invalid_argument(
          "'" + text +
          "' has bits after the prefix; write either the network " +
          ToString(*network) + " or the address " + ToString(*address));
    }
    networks.push_back(*network);
  }
  return networks;
}

}  // namespace ntm
