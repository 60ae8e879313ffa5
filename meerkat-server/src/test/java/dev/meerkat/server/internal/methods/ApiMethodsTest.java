package dev.meerkat.server.internal.methods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.form.ApiCall;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ApiMethodsTest {
    @ParameterizedTest
    @EnumSource
    void parametersThatAreNotInTheirFormAreRefused(ApiCall call) {
        try (CallsRig rig = new CallsRig(ContractLine.NEWEST)) {
            for (String params : new String[] {
                "{}",
                "{'value':3}",
                "{'value':{}}",
                "{'value':{'session_id':'nobody','offset':99999999999,'limit':1}}",
                "{'value':{'session_id':{},'spec':[],'labels':{},'offset':'x','realm':1,'wait_millis':[]}}"
            }) {
                assertThat(rig.fault(call.method(), params).code())
                        .as(params)
                        .isNotEqualTo(ErrorCode.INTERNAL_ERROR)
                        .isNotEqualTo(ErrorCode.METHOD_NOT_FOUND);
            }
        }
    }
}
