#include "ntm/flow/class_domains.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "ntm/flow/traffic_class.h"

namespace ntm {
namespace {

std::string DomainRefusal(const std::string& domain) {
  ClassDomains domains;
  try {
    domains.Give(kClassVideo, domain);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(ClassDomainsTest, ANameAloneIsThisName) {
  ClassDomains domains;
  domains.Give(kClassVideo, "example.org");
  EXPECT_EQ(domains.Find("example.org"), kClassVideo);
  for (const char* name : {"www.example.org", "example.org.uk", "org",
                           "notexample.org", "", ".", "example"}) {
    EXPECT_EQ(domains.Find(name), kNoClass) << name;
  }
}

TEST(ClassDomainsTest, AnAsteriskIsEveryNameBelow) {
  ClassDomains domains;
  domains.Give(kClassVideo, "*.example.org");
  for (const char* name : {"a.example.org", "a.b.c.example.org"}) {
    EXPECT_EQ(domains.Find(name), kClassVideo) << name;
  }
  for (const char* name :
       {"example.org", "notexample.org", "a.example.org.net"}) {
    EXPECT_EQ(domains.Find(name), kNoClass) << name;
  }
}

TEST(ClassDomainsTest, CaseAndTheFinalDotDoNotMatter) {
  ClassDomains domains;
  domains.Give(kClassVoice, "*.Example.ORG.");
  EXPECT_EQ(domains.Find("CALL.example.org"), kClassVoice);
  EXPECT_EQ(domains.Find("call.eXample.org."), kClassVoice);
}

TEST(ClassDomainsTest, TheLongestEntryDecides) {
  ClassDomains domains;
  domains.Give(kClassFile, "*.org");
  domains.Give(kClassVideo, "*.example.org");
  domains.Give(kClassVoice, "*.call.example.org");
  domains.Give(kClassBackground, "call.example.org");
  EXPECT_EQ(domains.Find("x.org"), kClassFile);
  EXPECT_EQ(domains.Find("x.example.org"), kClassVideo);
  EXPECT_EQ(domains.Find("x.call.example.org"), kClassVoice);
  EXPECT_EQ(domains.Find("call.example.org"), kClassBackground);
  EXPECT_EQ(domains.Find("example.org"), kClassFile);
}

TEST(ClassDomainsTest, OtherIsAnException) {
  ClassDomains domains;
  domains.Give(kClassVideo, "*.example.org");
  EXPECT_TRUE(domains.HasAny());
  domains.Give(kClassOther, "*.static.example.org");
  EXPECT_EQ(domains.Find("a.static.example.org"), kNoClass);
  EXPECT_EQ(domains.Find("a.example.org"), kClassVideo);
  domains.Give(kClassOther, "*.example.org");
  EXPECT_EQ(domains.Find("a.example.org"), kNoClass);
  EXPECT_FALSE(domains.HasAny());
}

TEST(ClassDomainsTest, RefusesWhatIsNoDomainAndSaysWhy) {
  const std::string label(63, 'a');
  const struct {
    std::string domain;
    const char* why;
  } cases[] = {{"*", "asterisk"},
               {"a.*.org", "asterisk"},
               {"*.*.org", "asterisk"},
               {"a*.example.org", "asterisk"},
               {"*.", "asterisk"},
               {"b\xc3\xbc"
                "cher.de",
                "Punycode"},
               {"exa mple.org", "letters"},
               {"example..org", "empty"},
               {".example.org", "empty"},
               {".", "empty"},
               {"*..", "empty"},
               {"192.168.0.1", "address"},
               {"1.", "address"},
               {"-a.org", "'-'"},
               {"a-.org", "'-'"},
               {label + "a.org", "63 bytes"},
               {label + "." + label + "." + label + "." + label, "253 bytes"}};
  for (const auto& [domain, why] : cases) {
    const std::string error = DomainRefusal(domain);
    EXPECT_NE(error.find(why), std::string::npos) << domain << ": " << error;
    EXPECT_NE(error.find("*.example.org"), std::string::npos) << domain;
  }
  for (const std::string& good :
       {std::string("a.b"), label + ".org", std::string("*.lan"),
        std::string("_tcp.example.org"), std::string("xn--bcher-kva.de"),
        label + "." + label + "." + label + "." + label.substr(0, 61)}) {
    EXPECT_EQ(DomainRefusal(good), "");
  }
}

TEST(ClassDomainsTest, FindsWhatASearchThroughTheListFinds) {
  std::mt19937 random(7);
  const auto number = [&](unsigned below) {
    return static_cast<unsigned>(random() % below);
  };
  const auto name_of = [&](unsigned labels) {
    std::string name(1, static_cast<char>('a' + number(2)));
    while (--labels > 0) {
      name += '.';
      name += static_cast<char>('a' + number(2));
    }
    return name;
  };
  for (int round = 0; round < 300; ++round) {
    ClassDomains domains;
    std::vector<std::pair<std::string, ClassId>> given;
    for (unsigned i = 0; i < 6; ++i) {
      std::string domain =
          (number(2) != 0 ? "*." : "") + name_of(1 + number(3));
      const auto id = static_cast<ClassId>(1 + number(4));
      domains.Give(id, domain);
      std::erase_if(given,
                    [&](const auto& one) { return one.first == domain; });
      given.emplace_back(std::move(domain), id);
    }
    for (int i = 0; i < 20; ++i) {
      const std::string name = name_of(1 + number(4));
      size_t longest = 0;
      ClassId expected = kNoClass;
      for (const auto& [domain, id] : given) {
        const bool fits = domain[0] == '*'
                              ? name.size() > domain.size() - 1 &&
                                    name.ends_with(domain.substr(1))
                              : name == domain;
        // The name itself is longer than any entry with an asterisk.
        const size_t length = domain[0] == '*' ? domain.size() : 1000;
        if (!fits || length <= longest) continue;
        longest = length;
        expected = id == kClassOther ? kNoClass : id;
      }
      EXPECT_EQ(domains.Find(name), expected) << name;
    }
  }
}

TEST(ClassDomainsTest, AnyTextIsADomainOrAnError) {
  std::mt19937 random(11);
  const std::string characters = "*.-_a9Z \xff+=";
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (auto size = random() % 12; size > 0; --size) {
      text += characters[random() % characters.size()];
    }
    ClassDomains domains;
    try {
      domains.Give(kClassVideo, text);
    } catch (const std::invalid_argument&) {
      EXPECT_FALSE(domains.HasAny()) << text;
      continue;
    }
    ASSERT_EQ(domains.Of(kClassVideo).size(), 1U) << text;
    const std::string domain = domains.Of(kClassVideo)[0];
    EXPECT_EQ(DomainRefusal(domain), "") << text;
    const std::string name = domain[0] == '*' ? "x" + domain.substr(1) : domain;
    EXPECT_EQ(domains.Find(name), kClassVideo) << text;
  }
}

// The rows "| `video` | `*.googlevideo.com`, … |" under this heading.
std::vector<std::string> DocumentedDomains(const std::string& name) {
  std::ifstream page(NTM_DOCS "/qos.md");
  std::string line;
  while (std::getline(page, line) && line != "### Domains") {
  }
  std::vector<std::string> domains;
  while (std::getline(page, line) && !line.starts_with("## ")) {
    if (!line.starts_with("| `" + name + "` |")) continue;
    size_t at = line.find('|', 1);
    while ((at = line.find('`', at)) != std::string::npos) {
      const size_t end = line.find('`', at + 1);
      domains.push_back(line.substr(at + 1, end - at - 1));
      at = end + 1;
    }
  }
  std::ranges::sort(domains);
  return domains;
}

TEST(ClassDomainsTest, TheUsualDomainsAreThoseOfTheDocumentation) {
  TrafficClasses classes;
  EXPECT_FALSE(classes.domains().HasAny());
  classes.DefineUsualDomains();
  for (const char* name : {"video", "voice"}) {
    const auto domains = classes.domains().Of(classes.Find(name));
    EXPECT_FALSE(domains.empty());
    EXPECT_EQ(DocumentedDomains(name), domains) << name;
  }
  for (const char* name : {"file", "background", "other"}) {
    EXPECT_TRUE(classes.domains().Of(classes.Find(name)).empty()) << name;
  }
}

}  // namespace
}  // namespace ntm
