#pragma once

#include "cli/get/batch.hpp"

#include <vector>

namespace ferry::cli {

/// Passes everything on to several observers, in the order in which they were added.
class observers final : public batch_observer {
  public:
    void add(batch_observer& one) { all_.push_back(&one); }

    void started(const running_file& file) override {
        for (auto* one : all_) one->started(file);
    }
    void changed(const running_file& file) override {
        for (auto* one : all_) one->changed(file);
    }
    void finished(const running_file& file, const result<void>& outcome) override {
        for (auto* one : all_) one->finished(file, outcome);
    }

  private:
    std::vector<batch_observer*> all_;
};

}  // namespace ferry::cli
