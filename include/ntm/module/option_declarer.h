// Declares options without including CLI11, whose headers are slow to compile.
//
// Shape    `names` are CLI11's: "-i,--interface"; for a flag also its negation:
//          "--x,!--no-x". `type` is the value's name in --help. The variable's
//          value at declaration is the default; options with `take` or `parse`
//          show a default only by DefaultText(). If an option with one value is
//          repeated, the last one counts.
// Threads  start of the program only.
// Errors   `take` and `parse` throw std::invalid_argument, whose text becomes
//          part of the error message.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace ntm {

// A declared option, for settings that few options need.
class DeclaredOption {
 public:
  explicit DeclaredOption(CLI::Option* option) : option_(option) {}

  // The default that --help and --check-config show.
  DeclaredOption DefaultText(const std::string& text) const;
  // Only numbers from `min` to `max` are accepted.
  DeclaredOption Within(int min, int max) const;
  DeclaredOption Within(double min, double max) const;
  // It has no environment variable and no key in the configuration file.
  DeclaredOption FlagOnly() const;
  // For a list: it takes all words up to the next option.
  DeclaredOption WithFollowingWords() const;

 private:
  CLI::Option* option_;
};

// What --help all and `ntm help NAME` show together.
struct OptionTopic {
  std::string name;   // "packet-log"
  std::string about;  // a few words, for the list of topics
};

class OptionDeclarer {
 public:
  using TakeWord = std::function<void(const std::string&)>;
  using TakeWords = std::function<void(const std::vector<std::string>&)>;

  // `app` must outlive this object, and the declared variables must outlive
  // `app`.
  explicit OptionDeclarer(CLI::App& app) : app_(app) {}

  // Sets the topic of the help for the options declared from now on; a topic
  // that exists is continued.
  void BeginTopic(const std::string& name, const std::string& about = "");

  // In the order in which they were begun; some may have no option.
  const std::vector<OptionTopic>& topics() const { return topics_; }
  // The topic that was begun last.
  const std::string& topic() const { return topic_; }

  DeclaredOption AddFlag(const std::string& names, bool& value,
                         const std::string& help);

  DeclaredOption AddText(const std::string& names, std::string& value,
                         const std::string& type, const std::string& help);

  DeclaredOption AddNumber(const std::string& names, int64_t& value,
                           const std::string& type, const std::string& help);
  DeclaredOption AddNumber(const std::string& names, uint32_t& value,
                           const std::string& type, const std::string& help);
  DeclaredOption AddNumber(const std::string& names, uint64_t& value,
                           const std::string& type, const std::string& help);
  DeclaredOption AddNumber(const std::string& names, double& value,
                           const std::string& type, const std::string& help);

  DeclaredOption AddWord(const std::string& names, TakeWord take,
                         const std::string& type, const std::string& help);

  // One word, which `parse` converts.
  template <typename T, typename Parse>
  DeclaredOption AddWord(const std::string& names, T& value, Parse parse,
                         const std::string& type, const std::string& help) {
    return AddWord(
        names,
        [&value, parse](const std::string& word) {
          value = static_cast<T>(parse(word));
        },
        type, help);
  }

  // An option that may be repeated and takes lists separated by commas; `take`
  // gets all words.
  DeclaredOption AddList(const std::string& names, TakeWords take,
                         const std::string& type, const std::string& help);
  DeclaredOption AddList(const std::string& names,
                         std::vector<std::string>& value,
                         const std::string& type, const std::string& help);
  template <typename T, typename Parse>
  DeclaredOption AddList(const std::string& names, T& value, Parse parse,
                         const std::string& type, const std::string& help) {
    return AddList(
        names,
        [&value, parse](const std::vector<std::string>& words) {
          value = parse(words);
        },
        type, help);
  }

  // An option that may be repeated; commas do not separate words.
  DeclaredOption AddRepeated(const std::string& names, TakeWords take,
                             const std::string& type, const std::string& help);

  // The positional arguments; `name` has no dashes.
  DeclaredOption AddOtherWords(const std::string& name, TakeWords take,
                               const std::string& help);

 private:
  CLI::App& app_;
  std::vector<OptionTopic> topics_;
  std::string topic_;
};

}  // namespace ntm
