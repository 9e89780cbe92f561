// How options are declared, in front of CLI11, whose headers take longer to
// compile than most of what declares options.
//
// Shape    `names` are CLI11's: "-i,--interface"; of a flag also what denies
//          it: "--x,!--no-x". `type` is what --help calls the value. What the
//          option's variable holds when it is declared is its default; what
//          `take` and `parse` make of words has none but its DefaultText().
//          A word that stands twice: the last one counts.
// Threads  start of the program only.
// Errors   what `take` and `parse` throw, std::invalid_argument, becomes the
//          message.
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

// An option that has just been declared, for what few of them need.
class DeclaredOption {
 public:
  explicit DeclaredOption(CLI::Option* option) : option_(option) {}

  // What --help and --check-config show as its default.
  DeclaredOption DefaultText(const std::string& text) const;
  // Only numbers from `min` to `max` are taken.
  DeclaredOption Within(int min, int max) const;
  DeclaredOption Within(double min, double max) const;
  // Neither a variable of the environment nor a key of the file.
  DeclaredOption FlagOnly() const;
  // Of a list: it takes all words up to the next option.
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

  // `app` must outlive this, and every variable that is declared `app`.
  explicit OptionDeclarer(CLI::App& app) : app_(app) {}

  // What is declared from now on belongs to this topic of the help; one that
  // exists is continued.
  void BeginTopic(const std::string& name, const std::string& about = "");

  // In the order in which they were begun; some may have no option.
  const std::vector<OptionTopic>& topics() const { return topics_; }
  // The one that was begun last.
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

  // One word, which `parse` makes a value of.
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

  // One that may be repeated and takes a list with commas; `take` gets all of
  // its words.
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

  // One that may be repeated, and whose commas belong to its words.
  DeclaredOption AddRepeated(const std::string& names, TakeWords take,
                             const std::string& type, const std::string& help);

  // All words that belong to no option; `name` has no dashes.
  DeclaredOption AddOtherWords(const std::string& name, TakeWords take,
                               const std::string& help);

 private:
  CLI::App& app_;
  std::vector<OptionTopic> topics_;
  std::string topic_;
};

}  // namespace ntm
