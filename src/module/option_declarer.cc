#include "ntm/module/option_declarer.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

namespace ntm {
namespace {

// Not expected_max_vector_size itself: with that, CLI11 would also split words
// that look like its lists ("[13]").
constexpr int kManyWords = CLI::detail::expected_max_vector_size - 1;

CLI::callback_t Callback(OptionDeclarer::TakeWord take) {
  return [take = std::move(take)](const CLI::results_t& results) {
    take(results.back());
    return true;
  };
}

CLI::callback_t Callback(OptionDeclarer::TakeWords take) {
  return [take = std::move(take)](const CLI::results_t& results) {
    take(results);
    return true;
  };
}

// A template, because CLI11 takes the type and the default from the variable's
// type.
template <typename T>
CLI::Option* AddVariable(CLI::App* app, const std::string& names, T* value,
                         const std::string& type, const std::string& help) {
  return app->add_option(names, *value, help)->type_name(type);
}

// An option that may be repeated.
CLI::Option* AddWords(CLI::App* app, const std::string& names,
                      OptionDeclarer::TakeWords take, const std::string& type,
                      const std::string& help) {
  return app->add_option(names, Callback(std::move(take)), help)
      ->type_name(type)
      ->expected(1, kManyWords)
      ->type_size(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace

DeclaredOption DeclaredOption::DefaultText(const std::string& text) const {
  return DeclaredOption(option_->default_str(text));
}

DeclaredOption DeclaredOption::Within(int min, int max) const {
  return DeclaredOption(option_->check(CLI::Range(min, max)));
}

DeclaredOption DeclaredOption::Within(double min, double max) const {
  return DeclaredOption(option_->check(CLI::Range(min, max)));
}

DeclaredOption DeclaredOption::FlagOnly() const {
  return DeclaredOption(option_->configurable(false));
}

DeclaredOption DeclaredOption::WithFollowingWords() const {
  return DeclaredOption(option_->allow_extra_args(true));
}

void OptionDeclarer::BeginTopic(const std::string& name,
                                const std::string& about) {
  const auto known = std::ranges::find(topics_, name, &OptionTopic::name);
  if (known == topics_.end()) {
    topics_.push_back({name, about});
  } else if (known->about.empty()) {
    known->about = about;
  }
  topic_ = name;
  app_.option_defaults()->group(name);
}

DeclaredOption OptionDeclarer::AddFlag(const std::string& names, bool& value,
                                       const std::string& help) {
  return DeclaredOption(app_.add_flag(names, value, help));
}

DeclaredOption OptionDeclarer::AddText(const std::string& names,
                                       std::string& value,
                                       const std::string& type,
                                       const std::string& help) {
  return DeclaredOption(AddVariable(&app_, names, &value, type, help));
}

DeclaredOption OptionDeclarer::AddNumber(const std::string& names,
                                         int64_t& value,
                                         const std::string& type,
                                         const std::string& help) {
  return DeclaredOption(AddVariable(&app_, names, &value, type, help));
}

DeclaredOption OptionDeclarer::AddNumber(const std::string& names,
                                         uint32_t& value,
                                         const std::string& type,
                                         const std::string& help) {
  return DeclaredOption(AddVariable(&app_, names, &value, type, help));
}

DeclaredOption OptionDeclarer::AddNumber(const std::string& names,
                                         uint64_t& value,
                                         const std::string& type,
                                         const std::string& help) {
  return DeclaredOption(AddVariable(&app_, names, &value, type, help));
}

DeclaredOption OptionDeclarer::AddNumber(const std::string& names,
                                         double& value, const std::string& type,
                                         const std::string& help) {
  return DeclaredOption(AddVariable(&app_, names, &value, type, help));
}

DeclaredOption OptionDeclarer::AddWord(const std::string& names, TakeWord take,
                                       const std::string& type,
                                       const std::string& help) {
  return DeclaredOption(
      app_.add_option(names, Callback(std::move(take)), help)->type_name(type));
}

DeclaredOption OptionDeclarer::AddList(const std::string& names, TakeWords take,
                                       const std::string& type,
                                       const std::string& help) {
  return DeclaredOption(
      AddWords(&app_, names, std::move(take), type, help)->delimiter(','));
}

DeclaredOption OptionDeclarer::AddList(const std::string& names,
                                       std::vector<std::string>& value,
                                       const std::string& type,
                                       const std::string& help) {
  return DeclaredOption(
      AddVariable(&app_, names, &value, type, help)
          ->type_size(1)
          ->delimiter(',')
          ->allow_extra_args(false)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
}

DeclaredOption OptionDeclarer::AddRepeated(const std::string& names,
                                           TakeWords take,
                                           const std::string& type,
                                           const std::string& help) {
  return DeclaredOption(AddWords(&app_, names, std::move(take), type, help));
}

DeclaredOption OptionDeclarer::AddOtherWords(const std::string& name,
                                             TakeWords take,
                                             const std::string& help) {
  return DeclaredOption(
      app_.add_option(name, Callback(std::move(take)), help)
          ->expected(kManyWords)
          ->allow_extra_args(false)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
}

}  // namespace ntm
