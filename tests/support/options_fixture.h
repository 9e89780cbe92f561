// The shared fixture of the options' tests: a clean environment, a temporary
// folder and a module with options.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/options/options.h"
#include "ntm/base/error.h"
#include "ntm/module/option_declarer.h"

namespace ntm {

// Removes ntm's variables from the environment, and restores them at the end.
class CleanEnvironment {
 public:
  CleanEnvironment() {
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string text(*entry);
      const std::string name = text.substr(0, text.find('='));
      if (name.compare(0, 4, "NTM_") == 0 || name == "LOG_LEVEL") {
        before_[name] = text.substr(name.size() + 1);
      }
    }
    for (const auto& [name, value] : before_) unsetenv(name.c_str());
  }
  ~CleanEnvironment() {
    for (const std::string& name : set_) unsetenv(name.c_str());
    for (const auto& [name, value] : before_) {
      setenv(name.c_str(), value.c_str(), 1);
    }
  }
  CleanEnvironment(const CleanEnvironment&) = delete;
  CleanEnvironment& operator=(const CleanEnvironment&) = delete;

  void Set(const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
    set_.push_back(name);
  }

 private:
  std::map<std::string, std::string> before_;
  std::vector<std::string> set_;
};

class DiskModule : public Module {
 public:
  std::string_view name() const noexcept override { return "disk"; }
  void AddOptions(OptionDeclarer& options) override {
    options.AddNumber("--disk.row-interval", interval, "N", "Seconds")
        .Within(1, 300);
    options.AddFlag("--keep", keep, "Keeps");
    options.AddList("--hide", hidden, "NAME", "Hides");
  }
  int64_t interval = 60;
  bool keep = false;
  std::vector<std::string> hidden;
};

// The text with wrapped lines joined.
inline std::string Unwrapped(const std::string& text) {
  std::string out;
  size_t begin = 0;
  const std::string fold = "\n      ";
  for (size_t at = text.find(fold); at != std::string::npos;
       begin = at + fold.size(), at = text.find(fold, begin)) {
    out += text.substr(begin, at - begin) + " ";
  }
  return out + text.substr(begin);
}

class OptionsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "ntm-options-XXXXXX")
            .string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    auto disk = std::make_unique<DiskModule>();
    disk_ = disk.get();
    modules_.push_back(std::move(disk));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string PathOf(const std::string& name) const {
    return (folder_ / name).string();
  }

  std::string WriteFile(const std::string& text,
                        const std::string& name = "ntm.yaml") const {
    std::ofstream(PathOf(name)) << text;
    return PathOf(name);
  }

  Options Parse(const std::vector<std::string>& words) {
    std::vector<const char*> argv = {"ntm"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    return ParseOptions(static_cast<int>(argv.size()), argv.data(), modules_,
                        PathOf("default.yaml"));
  }

  // The message of the error for these words; checks its exit code.
  std::string Refusal(const std::vector<std::string>& words, int exit_code) {
    try {
      Parse(words);
    } catch (const Error& error) {
      const std::string message = error.what();
      EXPECT_EQ(error.exit_code(), exit_code) << message;
      EXPECT_THAT(message, testing::Not(testing::HasSubstr("\n")));
      return message;
    }
    ADD_FAILURE() << "not refused";
    return "";
  }

  CleanEnvironment environment_;
  std::filesystem::path folder_;
  std::vector<std::unique_ptr<Module>> modules_;
  DiskModule* disk_ = nullptr;
};

}  // namespace ntm
