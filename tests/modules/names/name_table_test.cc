#include "modules/names/name_table.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "ntm/flow/named_hosts.h"

namespace ntm::names {
namespace {

using std::chrono::seconds;

Address Parsed(const std::string& text) { return ParseAddress(text).value(); }
Address Remote(unsigned number) {
  return Parsed("198.51." + std::to_string(100 + number / 256) + "." +
                std::to_string(number % 256));
}

class NameTableTest : public testing::Test {
 protected:
  std::string NameOf(const Address& address) const {
    const auto names = table_.Names();
    const HostName* host = names->Find(address);
    return host == nullptr
               ? ""
               : host->name + " " + std::string(SourceName(host->source));
  }

  void See(const Address& address, const std::string& name,
           uint32_t ttl_seconds, seconds now,
           const std::string& client = "10.0.0.1",
           NameSource source = NameSource::kDns) {
    const size_t cut = name.size() > 20 ? name.find('.') + 1 : 0;
    table_.LearnSeen(Parsed(client), address,
                     {name, name.substr(cut), {}, source}, ttl_seconds, now);
  }
  // The name of the host in flows of a client.
  std::string NameFor(const std::string& client, const Address& host) const {
    const NamedHosts named(table_.Names(), 1, nullptr, {});
    const Address name = named.Find(host, Parsed(client), 1);
    return name == host ? "" : std::string(named.Text(name));
  }

  const Address host_ = Parsed("198.51.100.7");
  NameTable table_{8};
};

TEST_F(NameTableTest, ReturnsTheNameOfTheMostTrustedSource) {
  See(host_, "seen.example", 600, seconds(1));
  EXPECT_EQ(NameOf(host_), "seen.example dns");
  table_.Need({host_}, seconds(1));
  ASSERT_EQ(table_.NextQuestion(), host_);
  table_.LearnPtr(host_, "ptr.example", 600, seconds(1));
  EXPECT_EQ(NameOf(host_), "ptr.example ptr");
  table_.Replace(NameSource::kDhcp, {{host_, "lease"}});
  EXPECT_EQ(NameOf(host_), "lease dhcp");
  table_.Replace(NameSource::kStatic, {{host_, "desk"}});
  EXPECT_EQ(NameOf(host_), "desk static");
  table_.Replace(NameSource::kStatic, {});
  table_.Replace(NameSource::kDhcp, {});
  EXPECT_EQ(NameOf(host_), "ptr.example ptr");
}

TEST_F(NameTableTest, AsksOnceAboutEachAddressThatIsNeeded) {
  table_.Need({Remote(1), Remote(2)}, seconds(1));
  table_.Need({Remote(1), Remote(2)}, seconds(2));
  EXPECT_EQ(table_.NextQuestion(), Remote(1));
  EXPECT_EQ(table_.NextQuestion(), Remote(2));
  EXPECT_EQ(table_.NextQuestion(), std::nullopt);
  table_.Need({Remote(1), Remote(2)}, seconds(3));
  EXPECT_EQ(table_.NextQuestion(), std::nullopt);
}

TEST_F(NameTableTest, AsksAboutLocalAddressesFirst) {
  table_.Need({Remote(1), Remote(2), Parsed("10.0.0.1")}, seconds(1));
  EXPECT_EQ(table_.NextQuestion(), Parsed("10.0.0.1"));
  EXPECT_EQ(table_.NextQuestion(), Remote(1));
}

TEST_F(NameTableTest, DoesNotAskAboutAddressesNamedByAFile) {
  table_.Replace(NameSource::kDhcp, {{Remote(1), "phone"}});
  table_.Need({Remote(1)}, seconds(1));
  EXPECT_EQ(table_.NextQuestion(), std::nullopt);
}

TEST_F(NameTableTest, DoesNotAskAboutAddressesThatAreGone) {
  table_.Need({Remote(1), Remote(2)}, seconds(1));
  table_.Need({Remote(2)}, seconds(2));
  EXPECT_EQ(table_.NextQuestion(), Remote(2));
  EXPECT_EQ(table_.NextQuestion(), std::nullopt);
  table_.Need({Remote(1)}, seconds(3));
  EXPECT_EQ(table_.NextQuestion(), Remote(1));
}

struct TtlCase {
  uint32_t ttl_seconds;
  seconds asked_again_after;
};

TEST_F(NameTableTest, AsksAgainWhenTheTtlIsOver) {
  for (const TtlCase& c :
       {TtlCase{0, NameTable::kMinTtl}, TtlCase{3600, seconds(3600)},
        TtlCase{UINT32_MAX, NameTable::kMaxTtl}}) {
    NameTable table(8);
    table.Need({host_}, seconds(10));
    table.NextQuestion();
    table.LearnPtr(host_, "ptr.example", c.ttl_seconds, seconds(10));
    table.Need({host_}, seconds(9) + c.asked_again_after);
    EXPECT_EQ(table.NextQuestion(), std::nullopt) << c.ttl_seconds;
    table.Need({host_}, seconds(10) + c.asked_again_after);
    EXPECT_EQ(table.NextQuestion(), host_) << c.ttl_seconds;
    EXPECT_EQ(table.Names()->Find(host_)->name, "ptr.example")
        << "until the new answer comes";
  }
}

TEST_F(NameTableTest, CachesANegativeAnswerForItsTtl) {
  for (const TtlCase& c :
       {TtlCase{0, NameTable::kMinAbsence}, TtlCase{900, seconds(900)},
        TtlCase{UINT32_MAX, NameTable::kMaxAbsence}}) {
    NameTable table(8);
    table.Need({host_}, seconds(10));
    table.NextQuestion();
    table.LearnAbsence(host_, c.ttl_seconds, seconds(10));
    table.Need({host_}, seconds(9) + c.asked_again_after);
    EXPECT_EQ(table.NextQuestion(), std::nullopt) << c.ttl_seconds;
    table.Need({host_}, seconds(10) + c.asked_again_after);
    EXPECT_EQ(table.NextQuestion(), host_) << c.ttl_seconds;
  }
}

TEST_F(NameTableTest, NegativeAnswerRemovesTheNameAndFailureKeepsIt) {
  table_.Need({host_}, seconds(1));
  table_.NextQuestion();
  table_.LearnPtr(host_, "ptr.example", 600, seconds(1));
  table_.LearnFailure(host_, seconds(700));
  EXPECT_EQ(NameOf(host_), "ptr.example ptr");
  table_.Need({host_}, seconds(759));
  EXPECT_EQ(table_.NextQuestion(), std::nullopt);
  table_.Need({host_}, seconds(760));
  EXPECT_EQ(table_.NextQuestion(), host_);
  table_.LearnAbsence(host_, 600, seconds(760));
  EXPECT_EQ(NameOf(host_), "");
}

TEST_F(NameTableTest, ReturnsTheNewestCapturedName) {
  See(host_, "first.example", 600, seconds(1));
  See(host_, "second.example", 600, seconds(2));
  EXPECT_EQ(NameOf(host_), "second.example dns");
  See(host_, "first.example", 600, seconds(3));
  EXPECT_EQ(NameOf(host_), "first.example dns");
  EXPECT_EQ(table_.seen_names(), 2U);
  EXPECT_EQ(table_.Names()->all().size(), 1U);
}

TEST_F(NameTableTest, ReturnsTheNewestNameThatEachClientAskedFor) {
  table_.KeepClients();
  See(host_, "shop.example", 600, seconds(1), "10.0.0.1");
  See(host_, "news.example", 600, seconds(2), "10.0.0.2");
  EXPECT_EQ(NameFor("10.0.0.1", host_), "shop.example");
  EXPECT_EQ(NameFor("10.0.0.2", host_), "news.example");
  EXPECT_EQ(NameFor("10.0.0.3", host_), "news.example") << "the newest";
  See(host_, "maps.example", 600, seconds(3), "10.0.0.1");
  EXPECT_EQ(NameFor("10.0.0.1", host_), "maps.example");
  EXPECT_EQ(NameFor("10.0.0.2", host_), "news.example");
  table_.Replace(NameSource::kStatic, {{host_, "ours"}});
  EXPECT_EQ(NameFor("10.0.0.1", host_), "ours");
}

TEST_F(NameTableTest, TellsWhetherTheNewestNameIsFromAnAnswerOrAHandshake) {
  See(host_, "shop.example", 600, seconds(1), "10.0.0.1", NameSource::kTls);
  EXPECT_EQ(NameOf(host_), "shop.example tls");
  See(host_, "shop.example", 600, seconds(2));
  EXPECT_EQ(NameOf(host_), "shop.example dns");
  See(host_, "shop.example", 600, seconds(3), "10.0.0.1", NameSource::kTls);
  EXPECT_EQ(NameOf(host_), "shop.example dns") << "the more trusted one";
  See(host_, "news.example", 600, seconds(4), "10.0.0.1", NameSource::kTls);
  EXPECT_EQ(NameOf(host_), "news.example tls");
}

TEST_F(NameTableTest, HandshakesOfClientsThatShareAnAddressDoNotAlternate) {
  See(host_, "shop.example", 600, seconds(1), "10.0.0.1", NameSource::kTls);
  See(host_, "news.example", 600, seconds(2), "10.0.0.2", NameSource::kTls);
  const auto names = table_.Names();
  See(host_, "shop.example", 600, seconds(3), "10.0.0.1", NameSource::kTls);
  See(host_, "news.example", 600, seconds(4), "10.0.0.2", NameSource::kTls);
  EXPECT_EQ(table_.Names(), names);
  EXPECT_EQ(NameOf(host_), "news.example tls");
}

TEST_F(NameTableTest, ShowsEachClientItsNameBesidesReverseDns) {
  table_.KeepClients();
  const auto name_for = [this](const std::string& client) {
    return std::string(table_.Names()->FindFor(Parsed(client), host_));
  };
  EXPECT_EQ(name_for("10.0.0.1"), "");
  table_.Need({host_}, seconds(1));
  table_.NextQuestion();
  table_.LearnPtr(host_, "edge.cdn.example", 600, seconds(1));
  See(host_, "shop.example", 600, seconds(2), "10.0.0.1", NameSource::kTls);
  See(host_, "news.example", 600, seconds(2), "10.0.0.2", NameSource::kTls);
  EXPECT_EQ(name_for("10.0.0.1"), "shop.example");
  EXPECT_EQ(name_for("10.0.0.2"), "news.example");
  EXPECT_EQ(name_for("10.0.0.3"), "edge.cdn.example");
  EXPECT_EQ(NameOf(host_), "edge.cdn.example ptr");
  // Labels keep to reverse DNS.
  EXPECT_EQ(NameFor("10.0.0.1", host_), "edge.cdn.example");
  table_.Replace(NameSource::kStatic, {{host_, "ours"}});
  EXPECT_EQ(name_for("10.0.0.1"), "ours");
}

TEST_F(NameTableTest, CountsTheNamesOfClientsThatItForgets) {
  table_.KeepClients();
  for (unsigned i = 0; i < 10; ++i) {
    See(host_, "shop.example", 600, seconds(1), "10.0.0." + std::to_string(i));
  }
  EXPECT_EQ(table_.forgotten_of_clients(), 2U);
}

TEST_F(NameTableTest, QueuesNothingIfNothingIsAsked) {
  table_.AskNothing();
  table_.Need({host_}, seconds(1));
  EXPECT_EQ(table_.NextQuestion(), std::nullopt);
}

TEST_F(NameTableTest, KeepsNoClientsByDefault) {
  See(host_, "shop.example", 600, seconds(1), "10.0.0.1");
  See(host_, "news.example", 600, seconds(2), "10.0.0.2");
  EXPECT_TRUE(table_.Names()->of_clients().empty());
}

TEST_F(NameTableTest, ReturnsTheCommonDomainOfManyNames) {
  table_.KeepClients();
  const auto see = [this](int from, int to, const std::string& domain) {
    for (int i = from; i < to; ++i) {
      See(host_, "host" + std::to_string(i) + "." + domain, 600, seconds(i + 1),
          "10.0.0." + std::to_string(i + 1));
    }
  };
  see(0, 8, "cdn-of-many.example");
  EXPECT_EQ(NameOf(host_), "host7.cdn-of-many.example dns");
  see(8, 9, "cdn-of-many.example");
  EXPECT_EQ(NameOf(host_), "cdn-of-many.example dns");
  EXPECT_EQ(NameFor("10.0.0.3", host_), "host2.cdn-of-many.example");
  see(9, 10, "another-domain.example");
  EXPECT_EQ(NameOf(host_), "");
  EXPECT_EQ(NameFor("10.0.0.10", host_), "host9.another-domain.example");
  // Once all of them have expired, a single name is used again.
  See(host_, "one.example", 600, seconds(3000));
  EXPECT_EQ(NameOf(host_), "one.example dns");
}

TEST_F(NameTableTest, BoundsTheNumberOfNames) {
  table_.KeepClients();
  for (unsigned i = 0; i < 160'000; ++i) {
    See(Remote(i % 1000), "a" + std::to_string(i) + ".example", 600, seconds(1),
        "10.0." + std::to_string(i / 250 % 250) + "." +
            std::to_string(i % 250));
    ASSERT_LE(table_.size(), 8U);
    ASSERT_LE(table_.seen_names(), 24U);
  }
  EXPECT_LE(table_.Names()->of_clients().size(), 8U);
  for (unsigned i = 0; i < 1000; ++i) {
    See(Remote(i / 7 % 8), "b" + std::to_string(i) + ".example", 600,
        seconds(2));
    ASSERT_LE(table_.seen_names(), 24U);
  }
}

TEST_F(NameTableTest, KeepsACapturedNameWhileItsAddressIsNeeded) {
  See(host_, "seen.example", 300, seconds(1));
  for (int time = 1; time < 2000; time += 100) {
    table_.Need({host_}, seconds(time));
    EXPECT_EQ(NameOf(host_), "seen.example dns");
  }
  table_.Need({}, seconds(2001));
  table_.Need({host_}, seconds(2002));
  EXPECT_EQ(NameOf(host_), "");
}

TEST_F(NameTableTest, NeverExceedsItsCapacity) {
  for (unsigned i = 0; i < 100; ++i) {
    See(Remote(i), "a.example", 600, seconds(1));
    EXPECT_LE(table_.size(), 8U);
  }
  EXPECT_EQ(NameOf(Remote(99)), "a.example dns");
  EXPECT_EQ(NameOf(Remote(92)), "a.example dns");
  EXPECT_EQ(NameOf(Remote(91)), "");
}

TEST_F(NameTableTest, EvictsTheLeastRecentlyNeededEntry) {
  for (unsigned i = 0; i < 8; ++i) {
    table_.Need({Remote(i)}, seconds(1));
    table_.NextQuestion();
    table_.LearnPtr(Remote(i), "a.example", 600, seconds(1));
  }
  table_.Need({Remote(0)}, seconds(2));
  table_.Need({Remote(8)}, seconds(3));
  EXPECT_EQ(NameOf(Remote(0)), "a.example ptr");
  EXPECT_EQ(NameOf(Remote(1)), "");
  EXPECT_EQ(table_.size(), 8U);
}

TEST_F(NameTableTest, EvictsNoEntryThatTheLatestSnapshotNeeds) {
  std::vector<Address> all;
  for (unsigned i = 0; i < 8; ++i) all.push_back(Remote(i));
  table_.Need(all, seconds(1));
  for (unsigned i = 0; i < 8; ++i) {
    table_.NextQuestion();
    table_.LearnPtr(Remote(i), "a.example", 600, seconds(1));
  }
  // A flood: as many new addresses, listed before the known ones.
  std::vector<Address> flood;
  for (unsigned i = 100; i < 200; ++i) flood.push_back(Remote(i));
  flood.insert(flood.end(), all.begin(), all.end());
  table_.Need(flood, seconds(2));
  See(Remote(300), "evil.example", 600, seconds(2));
  for (const Address& address : all) {
    EXPECT_EQ(NameOf(address), "a.example ptr");
  }
  EXPECT_EQ(NameOf(Remote(300)), "");
  EXPECT_EQ(table_.size(), 8U);
  EXPECT_EQ(table_.NextQuestion(), std::nullopt);
}

TEST_F(NameTableTest, LearnsNothingAboutAddressesItDoesNotKeep) {
  table_.LearnPtr(host_, "ptr.example", 600, seconds(1));
  table_.LearnAbsence(host_, 600, seconds(1));
  table_.LearnFailure(host_, seconds(1));
  EXPECT_EQ(table_.size(), 0U);
  EXPECT_EQ(NameOf(host_), "");
}

TEST_F(NameTableTest, ReturnsTheSameObjectUntilANameChanges) {
  See(host_, "seen.example", 600, seconds(1));
  const auto names = table_.Names();
  table_.Need({host_}, seconds(2));
  See(host_, "seen.example", 600, seconds(3));
  table_.Replace(NameSource::kStatic, {});
  EXPECT_EQ(table_.Names(), names);
  See(Remote(9), "b.example", 600, seconds(3));
  EXPECT_NE(table_.Names(), names);
  EXPECT_EQ(names->size(), 1U) << "what was handed out never changes";
}

}  // namespace
}  // namespace ntm::names
