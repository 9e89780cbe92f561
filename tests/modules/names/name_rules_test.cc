#include "modules/names/name_rules.h"

#include <gtest/gtest.h>

#include <string>

namespace ntm::names {
namespace {

Address Ip(const std::string& text) { return ParseAddress(text).value(); }

const Address kRemote = Ip("198.51.100.7");
const Address kLocal = Ip("192.168.0.10");

struct DomainCase {
  const char* name;
  const char* shown;
};

TEST(NameRulesTest, ShowsTheRegistrableDomainOfRemoteHosts) {
  NameRules rules(false);
  for (const DomainCase& c : {DomainCase{"x.fbcdn.net", "fbcdn.net"},
                              {"a.b.c.fbcdn.net", "fbcdn.net"},
                              {"fbcdn.net", "fbcdn.net"},
                              {"x.example.co.uk", "example.co.uk"},
                              {"example.co.uk", "example.co.uk"},
                              {"A.B.Example.COM.", "example.com"},
                              {"www.city.kobe.jp", "city.kobe.jp"},
                              {"a.example.xn--p1ai", "example.xn--p1ai"},
                              {"co.uk", "co.uk"},
                              {"com", "com"},
                              {"router", "router"},
                              {"a.b.unknown-suffix", "b.unknown-suffix"}}) {
    EXPECT_EQ(rules.Take(kRemote, c.name), c.shown) << c.name;
  }
}

TEST(NameRulesTest, KeepsFullNamesOfLocalHosts) {
  NameRules rules(false);
  for (const char* address : {"10.0.0.1", "fd00::1", "fe80::1", "127.0.0.1"}) {
    EXPECT_EQ(rules.Take(Ip(address), "Desk.Lan.example.org"),
              "desk.lan.example.org");
  }
}

TEST(NameRulesTest, KeepsFullNamesIfConfigured) {
  NameRules rules(true);
  EXPECT_EQ(rules.Take(kRemote, "A.b.Example.co.uk"), "a.b.example.co.uk");
  EXPECT_EQ(rules.Take(kLocal, "a.b.example.com"), "a.b.example.com");
}

struct FaultCase {
  std::string name;
  NameFault fault;
};

TEST(NameRulesTest, RefusesNamesThatNoHostCanHave) {
  const std::string label63(63, 'a');
  const std::string name253 =
      label63 + "." + label63 + "." + label63 + "." + std::string(61, 'a');
  for (const FaultCase& c :
       {FaultCase{"example.com", NameFault::kNone},
        {"_srv.a-b.example.com", NameFault::kNone},
        {"1.2.3.4.example.com", NameFault::kNone},
        {name253, NameFault::kNone},
        {label63 + ".com", NameFault::kNone},
        {"others", NameFault::kNone},
        {"", NameFault::kEmpty},
        {name253 + "a", NameFault::kTooLong},
        {std::string(65536, 'a'), NameFault::kTooLong},
        {label63 + "a.com", NameFault::kBadLabel},
        {"a..com", NameFault::kBadLabel},
        {".com", NameFault::kBadLabel},
        {"com.", NameFault::kBadLabel},
        {"-a.com", NameFault::kBadLabel},
        {"a-.com", NameFault::kBadLabel},
        {"a\".com", NameFault::kBadCharacter},
        {"a\n.com", NameFault::kBadCharacter},
        {"a\\000.com", NameFault::kBadCharacter},
        {std::string("a\0b.com", 7), NameFault::kBadCharacter},
        {"a b.com", NameFault::kBadCharacter},
        {"b\xc3\xbc"
         "cher.de",
         NameFault::kBadCharacter},
        {"\xff.com", NameFault::kBadCharacter},
        {"a\x7f.com", NameFault::kBadCharacter},
        {"<b>.com", NameFault::kBadCharacter},
        {"::1", NameFault::kBadCharacter},
        {"8.8.8.8", NameFault::kLikeAddress},
        {"a.8", NameFault::kLikeAddress},
        {"12", NameFault::kLikeAddress},
        {"other", NameFault::kReserved},
        {"Other", NameFault::kReserved},
        {"INTERNET", NameFault::kReserved}}) {
    EXPECT_EQ(CheckName(c.name), c.fault) << c.name;
  }
}

TEST(NameRulesTest, RefusesAllBytesExceptThoseOfHostNames) {
  const std::string good =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool is_good =
        good.find(c) != std::string::npos || c == '-' || c == '.';
    EXPECT_EQ(CheckName(std::string("a") + c + "b.com") == NameFault::kNone,
              is_good)
        << byte;
  }
}

TEST(NameRulesTest, CountsRefusedNamesByReason) {
  NameRules rules(true);
  EXPECT_EQ(rules.Take(kRemote, "a\nb"), std::nullopt);
  EXPECT_EQ(rules.Take(kRemote, "a\"b"), std::nullopt);
  EXPECT_EQ(rules.Take(kRemote, "."), std::nullopt);
  EXPECT_EQ(rules.refused(NameFault::kBadCharacter), 2U);
  EXPECT_EQ(rules.refused(NameFault::kEmpty), 1U);
  EXPECT_EQ(rules.refused(NameFault::kTooLong), 0U);
  EXPECT_STREQ(FaultName(NameFault::kBadCharacter), "bad_character");
}

TEST(NameRulesTest, ALocalNameIsOneThatOnlyTheLocalNetworkGives) {
  for (const char* name : {"printer", "Printer.LAN", "a.b.home.arpa.",
                           "tv.local", "nas.fritz.box", "x.internal"}) {
    EXPECT_TRUE(IsLocalName(name)) << name;
  }
  for (const char* name : {"www.example.com", "local.example.org", "a.lan.de",
                           "notlan.mylan", "a.arpa"}) {
    EXPECT_FALSE(IsLocalName(name)) << name;
  }
}

}  // namespace
}  // namespace ntm::names
