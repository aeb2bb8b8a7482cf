#pragma once

#include "cli/get/batch.hpp"
#include "cli/text/console.hpp"

#include <map>
#include <string>

namespace ferry::cli {

/// Which lines a person wants to read.
struct report_style {
    bool errors = true;
    bool results = true;  ///< a line a finished file
    bool retries = true;
    bool redirects = false;
    bool steps = false;  ///< everything else
};

/// Tells people about a batch, in plain lines.
class text_report final : public batch_observer {
  public:
    text_report(clock& time, line_output& out, report_style style)
        : time_(time), out_(out), style_(style) {}

    void started(const running_file& file) override;
    void changed(const running_file& file) override;
    void finished(const running_file& file, const result<void>& outcome) override;

  private:
    struct told {
        transfer_phase phase = transfer_phase::waiting;
        std::string location = {};
        std::optional<clock::time_point> next_try = {};
    };
    void tell_redirect(const running_file& file, told& before);
    void tell_retry(const running_file& file, told& before);
    void tell_step(const running_file& file, told& before);

    clock& time_;
    line_output& out_;
    report_style style_;
    std::map<std::size_t, told> told_;  // about running files only
};

}  // namespace ferry::cli
